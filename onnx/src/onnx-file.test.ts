import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { OnnxFileError, readOnnxFile } from "./onnx-file.ts";

/** Models that exporters wrote, for the inference app's tests. */
const fixture = (name: string): Promise<Buffer> =>
  readFile(new URL(`../../services/inference/fixtures/${name}.onnx`, import.meta.url));
const classifier = await fixture("classifier");

test("what exporters write is read", async () => {
  for (const name of ["classifier", "mixed", "lookup", "fixed", "everything", "half"])
    expect(readOnnxFile(await fixture(name)).metadata.size).toBe(0);
});

test("metadata is read by name", () => {
  const entry = (key: string, value: string) => {
    const [name, text] = [Buffer.from(key), Buffer.from(value)];
    const fields = Buffer.concat([Buffer.from([10, name.length]), name, Buffer.from([18, text.length]), text]);
    return Buffer.concat([Buffer.from([114, fields.length]), fields]);
  };
  const { metadata } = readOnnxFile(Buffer.concat([classifier, entry("a", "1"), entry("ä", "2")]));
  expect([...metadata]).toEqual([
    ["a", "1"],
    ["ä", "2"],
  ]);
});

test("weights in another file are refused, since the model's digest does not cover them", async () => {
  const external = await fixture("external");
  expect(() => readOnnxFile(external)).toThrow(OnnxFileError);
  expect(() => readOnnxFile(external)).toThrow(/^the tensor weights has its data in another file/);
});

test.each(["custom", "custom-inside"])(
  "operators that ONNX Runtime has not of itself are refused: %s",
  async (name) => {
    const custom = await fixture(name);
    expect(() => readOnnxFile(custom)).toThrow(/^it needs the operator com\.example\.Divine/);
  },
);

test("whatever the bytes are, they are read or refused as no model", () => {
  const changed = fc.tuple(fc.nat(classifier.length - 1), fc.nat(255)).map(([at, byte]) => {
    const bytes = Buffer.from(classifier);
    bytes[at] = byte;
    return bytes;
  });
  const outcome = (bytes: Uint8Array) => {
    try {
      return readOnnxFile(bytes) && "read";
    } catch (error) {
      return error instanceof OnnxFileError ? "refused" : error;
    }
  };
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), changed), (bytes) => {
      expect(["read", "refused"]).toContain(outcome(bytes));
    }),
    { numRuns: 500 },
  );
});
