import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { writeBinary } from "./binary.ts";
import { type Datatype, datatypeRow, datatypes, type Values } from "./datatypes.ts";
import { InferenceError } from "./errors.ts";
import { type ModelTensors, parseInferRequest, readRequestBody } from "./request.ts";
import { renderInferResponse } from "./response.ts";

const model: ModelTensors = {
  inputs: [
    { name: "amounts", datatype: "FP32", shape: [-1, 2] },
    { name: "codes", datatype: "INT64", shape: [-1, 1] },
  ],
  outputs: [
    { name: "total", datatype: "FP32", shape: [-1, 1] },
    { name: "large", datatype: "BOOL", shape: [-1, 1] },
  ],
};
const single = (datatype: Datatype, shape: readonly number[] = [-1, 2]): ModelTensors => ({
  inputs: [{ name: "x", datatype, shape }],
  outputs: [{ name: "y", datatype, shape }],
});

const amounts = { name: "amounts", datatype: "FP32", shape: [1, 2], data: [1.5, 2] };
const codes = { name: "codes", datatype: "INT64", shape: [1, 1], data: [7] };
const encode = (request: unknown) => new TextEncoder().encode(JSON.stringify(request));
const parseBytes = (body: Uint8Array, headerLength: string | undefined, of: ModelTensors) =>
  parseInferRequest(readRequestBody(body, headerLength), of, 1_000);
const parse = (request: unknown, of: ModelTensors = model) => parseBytes(encode(request), undefined, of);
const parseX = (datatype: Datatype, data: unknown) =>
  parse({ inputs: [{ name: "x", datatype, shape: [1, 2], data }] }, single(datatype)).inputs["x"]?.values;

describe("an inference request in JSON", () => {
  test("is read with its id, its tensors and, unless it says otherwise, every output", () => {
    const request = parse({ id: "r-1", inputs: [codes, amounts] });
    expect(request.id).toBe("r-1");
    expect(request.inputs["amounts"]).toEqual({ datatype: "FP32", shape: [1, 2], values: new Float32Array([1.5, 2]) });
    expect(request.inputs["codes"]?.values).toEqual(new BigInt64Array([7n]));
    expect(request.outputs).toEqual([
      { name: "total", binary: false },
      { name: "large", binary: false },
    ]);
  });

  test("takes null for what a client leaves out, and no outputs for all of them", () => {
    const request = parse({ id: null, parameters: null, inputs: [codes, amounts], outputs: [] });
    expect(request).toMatchObject({ id: undefined, outputs: [{ name: "total" }, { name: "large" }] });
    expect(parse({ inputs: [codes, amounts], outputs: null }).outputs).toHaveLength(2);
  });

  test("of more rows than are taken at once is refused with 413", () => {
    const many = { ...amounts, shape: [1_001, 2], data: new Array(2_002).fill(1) };
    expect(() => parse({ inputs: [many] })).toThrow(expect.objectContaining({ status: 413 }) as InferenceError);
  });

  test("carries texts, and refuses what is none", () => {
    expect(parseX("BYTES", [["ä", ""]])).toEqual(["ä", ""]);
    expect(() => parseX("BYTES", ["a", 1])).toThrow(/value 1 is 1, not BYTES/);
  });

  test("keeps every digit of 64-bit integers, and refuses those of more", () => {
    const long = (text: string, datatype: Datatype) => {
      const body = `{"inputs":[{"name":"x","datatype":"${datatype}","shape":[1,2],"data":[${text},1]}]}`;
      return parseBytes(Buffer.from(body), undefined, single(datatype)).inputs["x"]?.values[0];
    };
    expect(long("9007199254740993", "INT64")).toBe(9_007_199_254_740_993n);
    expect(long("-9223372036854775808", "INT64")).toBe(-(2n ** 63n));
    expect(long("18446744073709551615", "UINT64")).toBe(2n ** 64n - 1n);
    expect(long("12345678901234567890", "FP64")).toBe(12_345_678_901_234_567_000);
    for (const [text, datatype] of [
      ["9223372036854775808", "INT64"],
      ["-1", "UINT64"],
      ["1e300", "INT64"],
    ] as const)
      expect(() => long(text, datatype)).toThrow(/value 0 is .*, not U?INT64/);
  });

  test("may nest its data or leave it flat", () => {
    expect(parseX("FP32", [[1, 2]])).toEqual(parseX("FP32", [1, 2]));
  });

  test("carries not-a-number as null, since JSON has no other word for it", () => {
    expect(parseX("FP32", [null, 1])).toEqual(new Float32Array([Number.NaN, 1]));
  });

  test.each<[string, unknown, RegExp]>([
    ["no JSON", undefined, /not JSON/],
    ["an array", [], /must be a JSON object/],
    ["no inputs", {}, /inputs must be an array/],
    ["an input without a name", { inputs: [{}] }, /inputs\[0\] must be an object with a name/],
    ["an unknown input", { inputs: [{ ...amounts, name: "sums" }] }, /no input "sums"; the model takes amounts, codes/],
    ["a missing input", { inputs: [amounts] }, /input codes is missing/],
    ["an input twice", { inputs: [amounts, amounts, codes] }, /amounts is given twice/],
    ["another datatype", { inputs: [{ ...amounts, datatype: "FP64" }] }, /datatype is "FP64"; the model takes FP32/],
    ["BYTES", { inputs: [{ ...amounts, datatype: "BYTES" }] }, /datatype is "BYTES"; the model takes FP32/],
    ["no datatype", { inputs: [{ ...amounts, datatype: undefined }] }, /datatype is nothing; the model takes FP32/],
    ["a shape of texts", { inputs: [{ ...amounts, shape: ["1", 2] }] }, /shape is \["1",2\]/],
    [
      "data nested otherwise than its shape",
      { inputs: [{ ...amounts, shape: [2, 2], data: [[1, 2, 3, 4]] }] },
      /nested otherwise than its shape of \[2,2\]: an array of 1 where 2 of axis 0 belong/,
    ],
    [
      "data nested unevenly",
      { inputs: [{ ...amounts, shape: [2, 2], data: [[1, 2], [3]] }] },
      /nested otherwise than its shape of \[2,2\]: \[3\] where 2 of axis 1 belong/,
    ],
    [
      "data nested in part",
      { inputs: [{ ...amounts, shape: [2, 2], data: [[1, 2], 3, 4] }] },
      /nested otherwise than its shape of \[2,2\]/,
    ],
    [
      "data nested deeper than its shape",
      { inputs: [{ ...amounts, data: [[[1], 2]] }] },
      /nested deeper than its shape of \[1,2\]/,
    ],
    [
      "a shape of more values than a request of its length can have",
      { inputs: [{ ...amounts, shape: [3_000_000, 2], data: [[1]] }] },
      /data has at most \d+ values; its shape needs 6000000/,
    ],
    ["shared memory", { inputs: [{ ...amounts, parameters: { shared_memory_region: "x" } }] }, /shared memory/],
    [
      "an output by an extension that is not there",
      { inputs: [amounts, codes], outputs: [{ name: "total", parameters: { classification: 3 } }] },
      /no extension for classification/,
    ],
    ["another rank", { inputs: [{ ...amounts, shape: [2] }] }, /shape is \[2\]; the model takes \[-1,2\]/],
    ["another width", { inputs: [{ ...amounts, shape: [1, 3] }] }, /shape is \[1,3\]/],
    ["no rows", { inputs: [{ ...amounts, shape: [0, 2] }] }, /shape is \[0,2\]/],
    ["too few values", { inputs: [{ ...amounts, data: [1] }] }, /data has 1 values; its shape needs 2/],
    ["too many values", { inputs: [{ ...amounts, data: [1, 2, 3] }] }, /data has 3 values; its shape needs 2/],
    ["data that is no array", { inputs: [{ ...amounts, data: 1 }] }, /data must be an array of 2 values/],
    ["a value of another type", { inputs: [{ ...amounts, data: [1, "2"] }] }, /value 1 is "2", not FP32/],
    ["an unknown output", { inputs: [amounts, codes], outputs: [{ name: "sum" }] }, /no output "sum"; the model gives/],
    ["an id that is no string", { id: 1, inputs: [amounts, codes] }, /id must be a string/],
    ["parameters that are no object", { parameters: 1, inputs: [] }, /parameters must be an object/],
    [
      "binary data without binary bytes",
      { inputs: [{ name: "amounts", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: 8 } }] },
      /body ends after 0 of its 8 bytes/,
    ],
    [
      "data both ways",
      { inputs: [{ ...amounts, parameters: { binary_data_size: 8 } }] },
      /has both data and binary_data_size/,
    ],
  ])("with %s is refused with 400 and the reason", (_, request, reason) => {
    const body = request === undefined ? new TextEncoder().encode("{") : encode(request);
    const refusal = () => parseBytes(body, undefined, model);
    expect(refusal).toThrow(reason);
    expect(refusal).toThrow(expect.objectContaining({ status: 400 }) as InferenceError);
  });

  test.each<[Datatype, unknown]>([
    ["UINT8", 256],
    ["INT8", -129],
    ["INT32", 1.5],
    ["BOOL", 2],
    ["INT64", 1.5],
    ["UINT64", -1],
    ["FP16", 65_520],
    ["FP32", 1e39],
  ])("refuses a value that %s cannot hold: %s", (datatype, value) => {
    expect(() => parseX(datatype, [value, 0])).toThrow(/value 0 is/);
  });
});

const valuesOf = (datatype: Datatype): fc.Arbitrary<Values> => {
  const row = datatypeRow(datatype);
  if (row.kind === "text") return fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 20 });
  const { kind, bytes, view } = row;
  if (kind === "boolean")
    return fc.array(fc.boolean(), { minLength: 2, maxLength: 20 }).map((flags) => Uint8Array.from(flags, Number));
  return fc.integer({ min: 1, max: 20 }).chain((length) =>
    fc.uint8Array({ minLength: length * bytes, maxLength: length * bytes }).map((raw) => {
      return view(new Uint8Array(raw).buffer, length);
    }),
  );
};

describe("the binary tensor extension", () => {
  test.each(Object.keys(datatypes) as Datatype[])("carries %s there and back bit by bit", (datatype) => {
    fc.assert(
      fc.property(valuesOf(datatype), (values) => {
        const shape = [values.length];
        const answer = renderInferResponse(
          { id: "r", outputs: [{ name: "x", binary: true }] },
          { name: "m", version: "1" },
          { x: { datatype, shape, values } },
        );
        const header = answer.headers["Inference-Header-Content-Length"];
        const body = answer.body as Uint8Array;
        const json = JSON.parse(new TextDecoder().decode(body.subarray(0, Number(header)))) as { outputs: unknown[] };
        const request = encode({ inputs: json.outputs });
        const back = parseBytes(
          Buffer.concat([request, body.subarray(Number(header))]),
          String(request.byteLength),
          single(datatype, [-1]),
        );
        expect(writeBinary(back.inputs["x"]?.values ?? [])).toEqual(writeBinary(values));
      }),
    );
  });

  const binary = (size: number, bytes: Uint8Array, headerLength?: string) => {
    const header = encode({
      inputs: [{ name: "x", datatype: "FP32", shape: [1, 2], parameters: { binary_data_size: size } }],
    });
    return parseBytes(Buffer.concat([header, bytes]), headerLength ?? String(header.byteLength), single("FP32"));
  };

  const texts = (bytes: readonly number[]) => {
    const parameters = { binary_data_size: bytes.length };
    const header = encode({ inputs: [{ name: "x", datatype: "BYTES", shape: [1, 2], parameters }] });
    const body = Buffer.concat([header, Uint8Array.from(bytes)]);
    return parseBytes(body, String(header.byteLength), single("BYTES"));
  };

  test.each<[string, () => unknown, RegExp]>([
    [
      "a size that is not the tensor's",
      () => binary(4, new Uint8Array(8)),
      /binary_data_size is 4; 2 values of FP32 are 8 bytes/,
    ],
    ["a body that ends too early", () => binary(8, new Uint8Array(7)), /ends after 7 of its 8 bytes/],
    ["a size that is none", () => binary(-8, new Uint8Array(8)), /binary_data_size is -8; it must be how many bytes/],
    ["fewer texts than its shape has", () => texts([1, 0, 0, 0, 65]), /too few for the 2 of its shape/],
    ["a text that is longer than the body", () => texts([1, 0, 0, 0, 65, 255, 255, 255, 255]), /text 1 is longer/],
    ["a text that is no UTF-8", () => texts([1, 0, 0, 0, 65, 1, 0, 0, 0, 255]), /text 1 is no UTF-8/],
    ["more texts than its shape has", () => texts([0, 0, 0, 0, 0, 0, 0, 0, 9]), /1 bytes are left after the 2/],
    ["bytes that belong to no input", () => binary(8, new Uint8Array(9)), /1 bytes that no input/],
    [
      "a header length beyond the body",
      () => binary(8, new Uint8Array(8), "99999"),
      /Inference-Header-Content-Length is "99999"/,
    ],
    [
      "a header length that is no number",
      () => binary(8, new Uint8Array(8), "-1"),
      /Inference-Header-Content-Length is "-1"/,
    ],
  ])("refuses %s", (_, act, reason) => {
    expect(act).toThrow(reason);
    expect(act).toThrow(InferenceError);
  });

  test("answers as binary only what was asked for as binary", () => {
    const request = parse({
      inputs: [amounts, codes],
      outputs: [{ name: "large" }, { name: "total", parameters: { binary_data: true } }],
    });
    const { headers, body } = renderInferResponse(
      request,
      { name: "m", version: "1" },
      {
        total: { datatype: "FP32", shape: [1, 1], values: new Float32Array([3.5]) },
        large: { datatype: "BOOL", shape: [1, 1], values: new Uint8Array([1]) },
      },
    );
    const length = Number(headers["Inference-Header-Content-Length"]);
    const bytes = Buffer.from(body as Uint8Array);
    expect(JSON.parse(bytes.subarray(0, length).toString())).toEqual({
      model_name: "m",
      model_version: "1",
      outputs: [
        { name: "large", datatype: "BOOL", shape: [1, 1], data: [true] },
        { name: "total", datatype: "FP32", shape: [1, 1], parameters: { binary_data_size: 4 } },
      ],
    });
    expect(bytes.subarray(length).readFloatLE()).toBe(3.5);
  });
});

describe("an answer in JSON", () => {
  test("keeps every digit of 64-bit integers", () => {
    const { body } = renderInferResponse(
      { id: undefined, outputs: [{ name: "y", binary: false }] },
      { name: "m", version: "1" },
      {
        y: { datatype: "INT64", shape: [1], values: new BigInt64Array([9_007_199_254_740_993n]) },
      },
    );
    expect(body).toContain('"data":[9007199254740993]');
  });

  test("says null for what is not a number", () => {
    const { body } = renderInferResponse(
      { id: undefined, outputs: [{ name: "y", binary: false }] },
      { name: "m", version: "1" },
      {
        y: { datatype: "FP32", shape: [2], values: new Float32Array([Number.NaN, 1]) },
      },
    );
    expect(body).toContain('"data":[null,1]');
  });
});
