import type { Caller } from "./deployment.ts";

/** One tensor of an answer, its data row by row. */
export interface OutputTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface InferResponse {
  readonly model_name: string;
  readonly model_version: string;
  readonly outputs: readonly OutputTensor[];
}

/**
 * Sends rows of features to a model's endpoint by the Open Inference Protocol.
 * @throws {Error} when the endpoint refuses; it has the status and the words.
 */
export async function infer(
  caller: Caller,
  endpoint: string,
  model: string,
  rows: readonly (readonly number[])[],
): Promise<InferResponse> {
  const width = rows[0]?.length ?? 0;
  const response = await fetch(`${endpoint}/v2/models/${model}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(await caller.callerHeaders()) },
    body: JSON.stringify({
      inputs: [{ name: "features", datatype: "FP32", shape: [rows.length, width], data: rows.flat() }],
    }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${endpoint} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as InferResponse;
}

/** The release that an endpoint says it serves: the version of the model, and the digest of the inference code. */
export async function servedRelease(
  caller: Caller,
  endpoint: string,
  model: string,
): Promise<{ readonly version: string; readonly code: string }> {
  const response = await fetch(`${endpoint}/v2/models/${model}`, { headers: await caller.callerHeaders() });
  const { versions, parameters } = (await response.json()) as {
    readonly versions: readonly string[];
    readonly parameters: { readonly code: string };
  };
  return { version: versions[0] ?? "", code: parameters.code };
}
