import { type Envelope, type EvaluateModel, evaluateModel, eventField, eventText, modelTags } from "@ratchet/contracts";
import { type Delivery, PermanentError } from "@ratchet/messaging";

/** A registered model wants to be judged but does not say enough for it. */
export class IncompleteRegistrationError extends PermanentError {
  override readonly name = "IncompleteRegistrationError";
}

/**
 * What a `ModelRegistered` event asks for; undefined where it does not concern Ratchet.
 * @param data the event's data: modelName, modelVersion, modelTags.
 * @throws {IncompleteRegistrationError} when a tag that it needs is missing or wrong; it names the tag.
 */
export function challengeOf(data: unknown): EvaluateModel["data"] | undefined {
  const given = eventField(data, "modelTags");
  const model = eventText(given, modelTags.challenges);
  if (model === undefined || eventField(given, modelTags.run) !== undefined) return undefined;
  const name = eventText(data, "modelName") ?? "unnamed";
  const registered = String(eventField(data, "modelVersion") ?? "");
  const onnx = eventText(given, modelTags.onnx)?.match(/^([^/]+)\/(.+)$/);
  if (!onnx)
    throw new IncompleteRegistrationError(
      `model ${name}:${registered} is tagged ${modelTags.challenges}: ${model} but does not say where its ONNX file is; tag it ${modelTags.onnx}: <container>/<path> and register it again`,
    );
  const challenge = {
    model,
    // Versions count by name in the registry: another name's versions must not meet the model's own.
    version: name === model ? registered : `${name}-${registered}`,
    onnx: { container: onnx[1] ?? "", path: onnx[2] ?? "" },
    trainedOn: (eventText(given, modelTags.trainedOn) ?? "").split(/[\s,]+/).filter((batch) => batch !== ""),
  };
  const read = evaluateModel.data.safeParse(challenge);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new IncompleteRegistrationError(`model ${name}:${registered} cannot be judged: ${faults.join("; ")}`);
}

/**
 * Asks for the judgement of a model that others registered as a challenger.
 * @throws {IncompleteRegistrationError} when a tag that it needs is missing or wrong; it names the tag.
 */
export async function followRegistration(event: Envelope, { outbox, log }: Delivery): Promise<void> {
  const challenge = challengeOf(event.data);
  if (challenge) await outbox.send(evaluateModel, challenge);
  else log.info("a model that is not for Ratchet, or its own", { subject: event.subject });
}
