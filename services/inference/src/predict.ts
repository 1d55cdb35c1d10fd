import type { ReleaseManifest } from "@ratchet/contracts";
import type { Infer, Stop } from "./model/batcher.ts";
import { badRequest, InferenceError } from "./protocol/errors.ts";
import { type ModelTensors, parseInferRequest, readRequestBody } from "./protocol/request.ts";
import { type InferAnswer, renderInferResponse } from "./protocol/response.ts";
import type { Tensors } from "./protocol/tensors.ts";

/** The body of an inference request, inflated, and what its headers say of it. */
export interface PredictRequest {
  readonly body: Uint8Array;
  /** The header `Inference-Header-Content-Length`, where the request has it. */
  readonly headerLength: string | undefined;
}

export type Predict = (request: PredictRequest, stop?: Stop) => Promise<InferAnswer & { readonly rows: number }>;

/** What a predictor needs to know of a model. */
export interface Predictable extends ModelTensors {
  readonly manifest: ReleaseManifest;
}

/** Which release it is: the same digits mean the same code and the same model. */
export const releaseOf = ({ code, onnx }: Pick<ReleaseManifest, "code" | "onnx">): string =>
  `${code.slice(0, 16)}-${onnx.slice(0, 16)}`;

/** The model, with what it throws as the protocol's error. */
const running =
  (infer: Infer): Infer =>
  async (inputs, stop) => {
    try {
      return await infer(inputs, stop);
    } catch (error) {
      if (error instanceof InferenceError) throw error;
      // The datatypes and shapes were right, so it is the values that this model cannot take.
      throw badRequest(`the model failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

const rowsIn = (tensors: Tensors): number => Object.values(tensors)[0]?.shape[0] ?? 1;

/**
 * From the bytes of a request to those of its answer: the same on the event loop and in a thread beside it. What it gives
 * rejects with an InferenceError when the request is wrong (400), has too many rows (413), or is given up (503).
 */
export function createPredictor(model: Predictable, infer: Infer, mostRows: number): Predict {
  const run = running(infer);
  const { model: name, version } = model.manifest;
  const served = { name, version, release: releaseOf(model.manifest) };
  return async ({ body, headerLength }, stop) => {
    const parsed = parseInferRequest(readRequestBody(body, headerLength), model, mostRows);
    const results = await run(parsed.inputs, stop);
    return { ...renderInferResponse(parsed, served, results), rows: rowsIn(parsed.inputs) };
  };
}
