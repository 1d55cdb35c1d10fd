import { setTimeout as delay } from "node:timers/promises";
import type { ReleaseManifest } from "@ratchet/contracts";
import { OnnxFileError, readOnnxFile } from "@ratchet/onnx";
import { namedModel } from "./by-name/columns.ts";
import type { Limits } from "./limits.ts";
import { createBatcher } from "./model/batcher.ts";
import { proveGolden } from "./model/golden.ts";
import { measurePace } from "./model/pace.ts";
import { openSession } from "./model/session.ts";
import { UnservableModelError } from "./model/unservable.ts";
import { readPackage } from "./package-folder.ts";
import { createPredictor, type Predict, type Predictable } from "./predict.ts";
import { createPool } from "./threads/pool.ts";

/** A model that answers. */
export interface ServedModel extends Predictable {
  readonly manifest: ReleaseManifest;
  readonly predict: Predict;
  /** How many requests wait for a thread. */
  waitingLarge(): number;
  /** Ends its threads. */
  close(): Promise<void>;
}

export type Serving =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly model: ServedModel }
  /** Loading it again would not help: the package is wrong. */
  | { readonly state: "failed"; readonly reason: string };

/** Where a server is told what happens in it. */
export interface ServingOptions {
  readonly limits: Limits;
  /** The file that a thread runs: it calls `workAsThread`. */
  readonly threadFile: URL;
  /** Told of each run of the model on the event loop. */
  readonly onRun?: (rows: number, requests: number) => void;
  /** How long to hold who asks while the model is being loaded, in milliseconds; shorter than the 30 s that callers commonly wait. */
  readonly heldFor?: number;
}

/**
 * What a model's file says of itself.
 * @throws {UnservableModelError} when the model's digest does not cover all that it is.
 */
function metadataOf(onnx: Uint8Array): ReadonlyMap<string, string> {
  try {
    return readOnnxFile(onnx).metadata;
  } catch (error) {
    if (error instanceof OnnxFileError) throw new UnservableModelError(`model.onnx: ${error.message}`);
    throw error;
  }
}

/**
 * Loads the model in a folder: `release.json` and `model.onnx`.
 * @throws {UnservableModelError} when something is wrong with the package; it says what.
 */
async function loadModel(folder: URL, { limits, threadFile, onRun }: ServingOptions): Promise<ServedModel> {
  const { manifest, onnx } = await readPackage(folder);
  const metadata = metadataOf(onnx);
  const model = await openSession(onnx);
  const named = namedModel(manifest, model, metadata);
  await proveGolden(manifest, model);
  const { rowsAtOnce, besideTheLoop } = await measurePace(manifest, model);
  const { rows: mostRows, threads, waiting, waitingLarge, inlineBytes } = limits;
  const predictable = { manifest, inputs: model.inputs, outputs: model.outputs, named };
  const batcher = createBatcher(model, { maxRows: rowsAtOnce, waiting, ...(onRun ? { onRun } : {}) });
  const onTheLoop = createPredictor(predictable, batcher, mostRows);
  const pool = createPool({ file: threadFile, manifest, named, onnx, threads, waiting: waitingLarge, mostRows });
  return {
    ...predictable,
    predict: (request, stop) =>
      (besideTheLoop || request.body.byteLength > inlineBytes ? pool.predict : onTheLoop)(request, stop),
    waitingLarge: pool.waiting,
    close: pool.close,
  };
}

const loadingHeldFor = 20_000;

/** A model on its way to serve, and then serving. */
export interface LoadingModel {
  /** As it stands; while the model is being loaded this waits for it, for a while. */
  current(): Promise<Serving>;
  /** As it stands now. */
  now(): Serving;
  readonly settled: Promise<Serving>;
}

/**
 * Starts loading and tells how far it is. Who asks meanwhile is held rather than turned away: in a swap the first
 * requests may come as soon as the new process listens, and App Service gives the swap up at the first warm-up ping
 * that is not answered as it should.
 */
export function serve(folder: URL, options: ServingOptions): LoadingModel {
  const { heldFor = loadingHeldFor } = options;
  let serving: Serving = { state: "loading" };
  const settled = loadModel(folder, options)
    .then(
      (model): Serving => ({ state: "ready", model }),
      (error: unknown): Serving => ({
        state: "failed",
        reason: error instanceof Error ? error.message : String(error),
      }),
    )
    .then((outcome) => {
      serving = outcome;
      return outcome;
    });
  return {
    settled,
    now: () => serving,
    async current() {
      if (serving.state !== "loading" || heldFor === 0) return serving;
      const enough = new AbortController();
      await Promise.race([settled, delay(heldFor, undefined, { signal: enough.signal }).catch(() => undefined)]);
      enough.abort();
      return serving;
    },
  };
}
