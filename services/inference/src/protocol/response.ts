import { headerLengthField, writeBinary } from "./binary.ts";
import { writeJsonData } from "./json-data.ts";
import type { InferRequest } from "./request.ts";
import type { Tensors } from "./tensors.ts";

export interface InferAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * The answer to a request: JSON, or JSON followed by the tensors that were asked for as binary.
 * @throws {Error} when the model gave no output of a name that was asked for.
 */
export function renderInferResponse(
  request: Pick<InferRequest, "id" | "outputs">,
  served: { readonly name: string; readonly version: string; readonly release?: string },
  results: Tensors,
): InferAnswer {
  const binary: Uint8Array[] = [];
  const outputs = request.outputs.map(({ name, binary: asBinary }) => {
    const tensor = results[name];
    if (!tensor) throw new Error(`the model gave no output ${name}`);
    const { datatype, shape, values } = tensor;
    const head = `"name":${JSON.stringify(name)},"datatype":"${datatype}","shape":${JSON.stringify(shape)}`;
    if (!asBinary) return `{${head},"data":${writeJsonData(datatype, values)}}`;
    const bytes = writeBinary(values);
    binary.push(bytes);
    return `{${head},"parameters":{"binary_data_size":${bytes.byteLength}}}`;
  });
  const id = request.id === undefined ? "" : `"id":${JSON.stringify(request.id)},`;
  const release = served.release === undefined ? "" : `"parameters":{"release":${JSON.stringify(served.release)}},`;
  const json = `{"model_name":${JSON.stringify(served.name)},"model_version":${JSON.stringify(served.version)},${id}${release}"outputs":[${outputs.join(",")}]}`;
  if (binary.length === 0) return { headers: { "Content-Type": "application/json" }, body: json };
  const header = Buffer.from(json);
  return {
    headers: { "Content-Type": "application/octet-stream", [headerLengthField]: String(header.byteLength) },
    body: Buffer.concat([header, ...binary]),
  };
}
