import {
  type BatchEvidence,
  type BatchManifest,
  batchEvidence,
  type ChampionOnBatch,
  type ChampionScore,
  type Definition,
  type Evidence,
  paths,
  suspicionPolicyOf,
} from "@ratchet/contracts";
import { ConflictError } from "@ratchet/state";
import { compare, emptyProfile, fateOf } from "@ratchet/suspicion";
import type { Stores } from "../stores.ts";
import { profileOfAdmitted } from "./admitted-profile.ts";
import { fieldsReadAtMost, profileOfBatch } from "./batch-profiles.ts";

/** What became of a batch, and why; undefined where nobody has decided that. */
export async function readEvidence(stores: Stores, model: string, batch: string): Promise<BatchEvidence | undefined> {
  return (await stores.documents("batches").read(paths.batchEvidence(model, batch), batchEvidence))?.value;
}

const nothingCompared = (rows: number, alpha: number, summary: string): Evidence => ({
  standsOut: false,
  findings: [],
  found: 0,
  compared: { rows, rowsBefore: 0, columns: 0, tests: 0, alpha },
  tooFew: false,
  summary,
});

type Weighed = Pick<BatchEvidence, "through" | "leftOut"> & Evidence;

/** Compares a batch with all that was admitted before it. */
async function weigh(
  stores: Stores,
  definition: Definition,
  { batch, rows }: BatchManifest,
  championScore: ChampionScore | undefined,
): Promise<Weighed> {
  const policy = suspicionPolicyOf(definition.data);
  const count = rows.train + rows.holdout;
  if (policy.suspicion === "off")
    return { through: 0, ...nothingCompared(count, policy.alpha, "Nothing was compared: data.suspicion is off.") };
  const own = await profileOfBatch(stores, definition, { batch, rows }, { fields: fieldsReadAtMost });
  if (!own) {
    const why = "Nothing was compared: the batch has no profile, and its rows are too many to make one now.";
    return { through: 0, ...nothingCompared(count, policy.alpha, why) };
  }
  const before = await profileOfAdmitted(stores, definition);
  const { through, leftOut } = before;
  const compared = { batch: own, before: { ...emptyProfile, ...before }, championScore };
  const evidence = compare(compared, definition, policy);
  return { through, ...(leftOut ? { leftOut } : {}), ...evidence };
}

/**
 * Decides what becomes of a batch, by what came before it and by what the champion makes of it where that is known; once: who comes later, or again, takes what was decided, whatever has come in since and
 * whatever the definition says by then.
 */
export async function judgeBatch(
  stores: Stores,
  definition: Definition,
  manifest: BatchManifest,
  championOnBatch: ChampionOnBatch | undefined,
  now: Date,
): Promise<BatchEvidence> {
  const { model, batch } = manifest;
  const known = await readEvidence(stores, model, batch);
  if (known) return known;
  const weighed = await weigh(stores, definition, manifest, championOnBatch?.score);
  const fate = fateOf(weighed, definition.data);
  const asked = championOnBatch ? { championOnBatch } : {};
  const evidence: BatchEvidence = { model, batch, at: now.toISOString(), fate, ...asked, ...weighed };
  try {
    await stores.documents("batches").write(paths.batchEvidence(model, batch), batchEvidence, evidence, "absent");
    return evidence;
  } catch (error) {
    const first = error instanceof ConflictError ? await readEvidence(stores, model, batch) : undefined;
    if (!first) throw error;
    return first;
  }
}
