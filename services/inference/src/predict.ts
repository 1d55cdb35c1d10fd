import type { ReleaseManifest } from "@ratchet/contracts";
import type { NamedModel } from "./by-name/columns.ts";
import { predictionsOf } from "./by-name/predictions.ts";
import { readRows } from "./by-name/read-rows.ts";
import type { Infer, Stop } from "./model/batcher.ts";
import { badRequest, InferenceError } from "./protocol/errors.ts";
import { idOf, type JsonObject, type ModelTensors, parseInferRequest, readRequestBody } from "./protocol/request.ts";
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
  /** How it is asked by name; undefined where it is not. */
  readonly named: NamedModel | undefined;
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

/** @throws {InferenceError} when the model is not asked by name, or is asked both ways (400). */
function namedOf({ named, manifest }: Predictable, request: JsonObject): NamedModel {
  if (request["inputs"] !== undefined) throw badRequest("has both rows and inputs; give one");
  if (named) return named;
  throw badRequest(
    `${manifest.model} version ${manifest.version} is not asked by rows: its release tells no columns; send inputs`,
  );
}

/**
 * From the bytes of a request to those of its answer: the same on the event loop and in a thread beside it. What it gives
 * rejects with an InferenceError when the request is wrong (400), has too many rows (413), or is given up (503).
 */
export function createPredictor(model: Predictable, infer: Infer, mostRows: number): Predict {
  const run = running(infer);
  const { model: name, version } = model.manifest;
  const served = { name, version, release: releaseOf(model.manifest) };

  async function byName(request: JsonObject, stop: Stop | undefined): ReturnType<Predict> {
    const named = namedOf(model, request);
    const id = idOf(request);
    const inputs = readRows(request["rows"], named, mostRows);
    const rows = rowsIn(inputs);
    const predictions = predictionsOf(await run(inputs, stop), rows, named);
    const body = JSON.stringify({
      model_name: name,
      model_version: version,
      id,
      parameters: { release: served.release },
      predictions,
    });
    return { headers: { "Content-Type": "application/json" }, body, rows };
  }

  return async ({ body, headerLength }, stop) => {
    const read = readRequestBody(body, headerLength);
    if (read.request["rows"] !== undefined) return byName(read.request, stop);
    const parsed = parseInferRequest(read, model, mostRows);
    const results = await run(parsed.inputs, stop);
    return { ...renderInferResponse(parsed, served, results), rows: rowsIn(parsed.inputs) };
  };
}
