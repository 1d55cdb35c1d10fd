import { batchEvidence, dropIdOf, dropRecord, paths } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import type { DroppedFile } from "./drop.ts";

/** What became of a dropped file at the door. */
export interface DropOutcome {
  readonly file: string;
  readonly outcome: "admitted" | "quarantined" | "refused";
  readonly batch: string | null;
  /** Why it is not admitted, or stands out though it is. */
  readonly reason: string | null;
}

/** Nobody has decided about a dropped file in time. */
class UndecidedDropError extends Error {
  override readonly name = "UndecidedDropError";

  constructor(model: string, file: string, phase: string) {
    super(
      `${file} is ${phase} and nothing more has become of it; \`ratchet dead-letters data-dropped\` says what failed, \`ratchet status ${model}\` how the model is`,
    );
  }
}

/** In milliseconds. */
const pause = 500;
const longestWait = 15 * 60_000;

async function whyStandsOut(deployment: Deployment, model: string, batch: string): Promise<string | null> {
  const stored = await deployment.documents("batches").read(paths.batchEvidence(model, batch), batchEvidence);
  return stored?.value.standsOut ? stored.value.summary : null;
}

/**
 * Waits until it is decided what becomes of a dropped file.
 * @throws {UndecidedDropError} when that has taken too long.
 */
export async function followDrop(
  deployment: Deployment,
  model: string,
  { file, path, etag }: DroppedFile,
  longest = longestWait,
): Promise<DropOutcome> {
  const documents = deployment.documents("batches");
  const recordPath = paths.dropRecord(model, dropIdOf({ file: path, etag }));
  const deadline = Date.now() + longest;
  for (;;) {
    const record = (await documents.read(recordPath, dropRecord))?.value;
    const { phase = "not seen yet", batch = record?.refusal?.batch ?? null, refusal } = record ?? {};
    if (phase === "refused") return { file, outcome: phase, batch, reason: refusal?.reason ?? null };
    if (phase === "admitted" || phase === "quarantined")
      return { file, outcome: phase, batch, reason: batch && (await whyStandsOut(deployment, model, batch)) };
    if (Date.now() > deadline) throw new UndecidedDropError(model, file, phase);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
