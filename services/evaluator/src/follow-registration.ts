import { type EvaluateModel, evaluateModel } from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";

/** The tags by which a model that was registered by others says that it challenges one of Ratchet's. */
export const tags = {
  /** Set by the training-runner on its own models: their evaluation is asked for already. */
  run: "ratchet-run",
  /** The name of the model that it challenges. */
  model: "ratchet",
  /** Where its ONNX file is in the data account: `<container>/<path>`. */
  onnx: "ratchet-onnx",
  /** The batches it was trained on, separated by commas; where absent, every admitted batch judges it. */
  batches: "ratchet-batches",
} as const;

/** A registered model wants to be judged but does not say enough for it. */
export class IncompleteRegistrationError extends PermanentError {
  override readonly name = "IncompleteRegistrationError";
}

/** Field names as they come: their casing differs between Azure's documentation and what it sends. */
function field(data: unknown, name: string): unknown {
  if (typeof data !== "object" || data === null) return undefined;
  return Object.entries(data).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/**
 * What a `ModelRegistered` event asks for; undefined where it does not concern Ratchet.
 * @param data the event's data: modelName, modelVersion, modelTags.
 * @throws {IncompleteRegistrationError} naming the tag that is wrong.
 */
export function challengeOf(data: unknown): EvaluateModel["data"] | undefined {
  const given = field(data, "modelTags");
  const model = text(field(given, tags.model));
  if (model === undefined || field(given, tags.run) !== undefined) return undefined;
  const name = text(field(data, "modelName")) ?? "unnamed";
  const registered = String(field(data, "modelVersion") ?? "");
  const onnx = text(field(given, tags.onnx))?.match(/^([^/]+)\/(.+)$/);
  if (!onnx)
    throw new IncompleteRegistrationError(
      `model ${name}:${registered} is tagged ${tags.model}: ${model} but does not say where its ONNX file is; tag it ${tags.onnx}: <container>/<path> and register it again`,
    );
  const challenge = {
    model,
    // Versions count by name in the registry: another name's versions must not meet the model's own.
    version: name === model ? registered : `${name}-${registered}`,
    onnx: { container: onnx[1] ?? "", path: onnx[2] ?? "" },
    trainedOn: (text(field(given, tags.batches)) ?? "").split(/[\s,]+/).filter((batch) => batch !== ""),
  };
  const read = evaluateModel.data.safeParse(challenge);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new IncompleteRegistrationError(`model ${name}:${registered} cannot be judged: ${faults.join("; ")}`);
}
