import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type ReleaseManifest, releaseManifest } from "@ratchet/contracts";
import { createBatcher } from "./batcher.ts";
import { datatypeRow } from "./protocol/datatypes.ts";
import type { ModelTensors } from "./protocol/request.ts";
import { type LoadedModel, openSession, type Tensors, UnservableModelError } from "./session.ts";

/** A model that answers. */
export interface ServedModel extends ModelTensors {
  readonly manifest: ReleaseManifest;
  infer(inputs: Tensors): Promise<Tensors>;
}

export type Serving =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly model: ServedModel }
  /** Loading it again would not help: the package is wrong. */
  | { readonly state: "failed"; readonly reason: string };

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function readManifest(folder: URL): Promise<ReleaseManifest> {
  let text: string;
  try {
    text = await readFile(new URL("release.json", folder), "utf8");
  } catch (error) {
    throw new UnservableModelError(
      `the package holds no model: model/release.json cannot be read (${messageOf(error)}); publish it through the deployer`,
    );
  }
  try {
    return releaseManifest.parse(JSON.parse(text));
  } catch (error) {
    throw new UnservableModelError(`model/release.json is not what the deployer writes: ${messageOf(error)}`);
  }
}

/** The golden rows as one tensor of the model's input. */
function goldenInputs(manifest: ReleaseManifest, model: LoadedModel, count: number): Tensors {
  const { input, rows } = manifest.golden;
  const metadata = model.inputs.find(({ name }) => name === input);
  if (!metadata) throw new UnservableModelError(`the golden predictions are for an input ${input}; the model has none`);
  const chosen = rows.slice(0, count);
  const numbers = chosen.flat().map((value) => value ?? Number.NaN);
  const { create, kind } = datatypeRow(metadata.datatype);
  const values = create(numbers.length);
  for (const [index, value] of numbers.entries())
    (values as { [index: number]: number | bigint })[index] = kind === "long" ? BigInt(value) : value;
  const shape = [
    chosen.length,
    ...metadata.shape.slice(1).map((size) => (size === -1 ? (chosen[0]?.length ?? 1) : size)),
  ];
  return { [input]: { datatype: metadata.datatype, shape, values } };
}

/** The first run, which is also the proof that this model, on this machine, predicts what it predicted when judged. */
async function warmUp(manifest: ReleaseManifest, model: LoadedModel): Promise<void> {
  const { output, expected, tolerance } = manifest.golden;
  const count = Math.min(expected.length, 32);
  const result = (await model.run(goldenInputs(manifest, model, count)))[output];
  if (!result) throw new UnservableModelError(`the golden predictions are of an output ${output}; the model has none`);
  const wanted = expected.slice(0, count).flat();
  const differs = wanted.findIndex((value, index) => !(Math.abs(Number(result.values[index]) - value) <= tolerance));
  if (differs >= 0 || wanted.length !== result.values.length)
    throw new UnservableModelError(
      `the model does not reproduce its golden predictions: value ${differs} of ${output} is ${result.values[differs]}, not ${wanted[differs]} within ${tolerance}`,
    );
}

/**
 * Loads the model in a folder: `release.json` and `model.onnx`.
 * @throws {UnservableModelError} when something is wrong with the package; it says what.
 */
async function loadModel(folder: URL): Promise<ServedModel> {
  const manifest = await readManifest(folder);
  const onnx = await readFile(new URL("model.onnx", folder));
  const digest = createHash("sha256").update(onnx).digest("hex");
  if (digest !== manifest.onnx)
    throw new UnservableModelError(`model/model.onnx has the digest ${digest}; release.json says ${manifest.onnx}`);
  const model = await openSession(onnx);
  await warmUp(manifest, model);
  return { manifest, inputs: model.inputs, outputs: model.outputs, infer: createBatcher(model) };
}

/** Shorter than the 30 s that callers commonly wait. */
const loadingHeldFor = 20_000;

/** A model on its way to serve, and then serving. */
export interface LoadingModel {
  /** As it stands; while the model is being loaded this waits for it, for a while. */
  current(): Promise<Serving>;
  readonly settled: Promise<Serving>;
}

/**
 * Starts loading and tells how far it is. Who asks meanwhile is held rather than turned away: in a swap the first
 * requests may come as soon as the new process listens, and App Service gives the swap up at the first warm-up ping
 * that is not answered as it should.
 * @param patience how long to hold who asks, in milliseconds.
 */
export function serve(folder: URL, patience: number = loadingHeldFor): LoadingModel {
  let serving: Serving = { state: "loading" };
  const settled = loadModel(folder)
    .then(
      (model): Serving => ({ state: "ready", model }),
      (error: unknown): Serving => ({ state: "failed", reason: messageOf(error) }),
    )
    .then((outcome) => {
      serving = outcome;
      return outcome;
    });
  return {
    settled,
    async current() {
      if (serving.state !== "loading" || patience === 0) return serving;
      const enough = new AbortController();
      await Promise.race([settled, delay(patience, undefined, { signal: enough.signal }).catch(() => undefined)]);
      enough.abort();
      return serving;
    },
  };
}
