import {
  type Admission,
  type AdmittedBatch,
  type AskedAdmissions,
  admission,
  admissions,
  paths,
} from "@ratchet/contracts";
import type { Reads } from "./applied-model.ts";
import type { Logged } from "./paged-log.ts";

/** What an operator says of a batch. */
interface Word {
  readonly at: string;
  readonly reason: string;
  readonly by?: string | undefined;
  /** Id of the command. */
  readonly cause: string;
}

/** That a batch stands out from those before it. */
interface Quarantine {
  readonly at: string;
  /** The heaviest of what makes it stand out, in a sentence. */
  readonly finding: string;
}

/** A batch that came in or was kept in quarantine, and how it stands. */
export interface StandingBatch extends AdmittedBatch {
  /** Where the log says that it came in, or is in quarantine; 0 of batches from before there was one. */
  readonly position: number;
  /** How many train and how many judge; undefined of batches from before the log said so. */
  readonly rows?: Admission["rows"];
  /** The share of its rows that was held out; undefined of batches from before the log said so. */
  readonly holdout?: Admission["holdout"];
  /** Where nobody has admitted it since. */
  readonly quarantined?: Quarantine;
  /** Where it is withdrawn. */
  readonly withdrawn?: Word;
  /** Who has admitted it out of quarantine, and why. */
  readonly released?: Word;
  /** Ids of the commands that have withdrawn, restored or admitted it, in their order: none does so twice. */
  readonly obeyed?: readonly string[];
}

/** Batches that wait for the quiet period to end. */
export interface Pending {
  readonly since: string;
  readonly latest: string;
  readonly batches: readonly string[];
}

/** What of a model's admissions waits for training. */
export interface WaitingAdmissions {
  readonly model: string;
  readonly asked: AskedAdmissions;
  /** Null where nothing waits. */
  readonly pending: Pending | null;
  /** Up to where the log was read. */
  readonly position: number;
}

/** All that a model has admitted. */
export interface Admissions extends WaitingAdmissions {
  /** All that ever came in, in the order in which they were admitted; none that was in quarantine all along. */
  readonly all: readonly StandingBatch[];
  /** Those that train and judge, in the order in which they were admitted. */
  readonly batches: readonly StandingBatch[];
  /** Those that were taken out, out of quarantine too. */
  readonly withdrawn: readonly (StandingBatch & { readonly withdrawn: Word })[];
  /** Those that neither train nor judge until somebody admits them. */
  readonly quarantined: readonly (StandingBatch & { readonly quarantined: Quarantine })[];
}

/** A model of which nothing was dropped yet. */
export const noneAsked = (model: string): AskedAdmissions => ({ model, asked: 0 });

type Log = readonly Logged<Admission>[];

const saidIn = ({ at, reason = "", by, cause = "" }: Admission): Word => ({ at, reason, by, cause });

/** A batch of which nothing was known, by the entry that brings it. */
function newBatch({ entry, position }: Logged<Admission>): StandingBatch | undefined {
  const { kind, batch, file, at, drop, rows, holdout, finding = "" } = entry;
  if (file === undefined) return undefined;
  const brought = { batch, file, admittedAt: at, drop, rows, holdout, position };
  return kind === "quarantined" ? { ...brought, quarantined: { at, finding } } : brought;
}

/** A batch after one more entry about it: the very same where the entry says nothing new. */
function after(known: StandingBatch | undefined, logged: Logged<Admission>): StandingBatch | undefined {
  const { entry, position } = logged;
  const { kind } = entry;
  if (!known) return kind === "admitted" || kind === "quarantined" ? newBatch(logged) : undefined;
  const { withdrawn, quarantined, obeyed = [], ...rest } = known;
  const said = saidIn(entry);
  const then = { ...rest, obeyed: [...obeyed, said.cause] };
  const kept = quarantined ? { quarantined } : {};
  switch (kind) {
    case "withdrawn":
      return withdrawn ? known : { ...then, ...kept, withdrawn: said };
    case "restored":
      return withdrawn ? { ...then, ...kept } : known;
    case "admitted":
      // Out of quarantine comes a batch by an operator's word alone, and not before it.
      return quarantined && entry.cause !== undefined
        ? { ...then, ...(withdrawn ? { withdrawn } : {}), admittedAt: entry.at, position, released: said }
        : known;
    default:
      // Kinds of entries that this version does not know change nothing.
      return known;
  }
}

/** Every batch as it stands, in the order in which they were admitted. */
function standing(earlier: readonly AdmittedBatch[], log: Log): readonly StandingBatch[] {
  const batches = new Map<string, StandingBatch>(earlier.map((one) => [one.batch, { ...one, position: 0 }]));
  for (const logged of log) {
    const { batch } = logged.entry;
    const known = batches.get(batch);
    const next = after(known, logged);
    // What comes out of quarantine comes after all that was admitted before.
    if (known?.quarantined && !next?.quarantined) batches.delete(batch);
    if (next) batches.set(batch, next);
  }
  return [...batches.values()];
}

/** @param log from the position up to which training was asked for, or from before it. */
function pendingIn({ asked, earlier = [], waiting = [] }: AskedAdmissions, log: Log): Pending | null {
  const since = new Map(
    earlier.filter(({ batch }) => waiting.includes(batch)).map((one) => [one.batch, one.admittedAt]),
  );
  const withdrawn = new Set<string>();
  const released = new Set<string>();
  for (const { entry, position } of log) {
    if (position <= asked) continue;
    const { kind, batch, at } = entry;
    if (kind === "admitted" && entry.cause !== undefined) released.add(batch);
    if (kind === "withdrawn") {
      withdrawn.add(batch);
      since.delete(batch);
    }
    if (kind === "restored") withdrawn.delete(batch);
    const isUsed = !entry.quarantined || released.has(batch);
    const comesIn = (kind === "restored" && isUsed) || (kind === "admitted" && !withdrawn.has(batch));
    if (comesIn && !since.has(batch)) since.set(batch, at);
  }
  if (since.size === 0) return null;
  const times = [...since.values()].sort();
  return { since: times[0] ?? "", latest: times.at(-1) ?? "", batches: [...since.keys()] };
}

const positionOf = (asked: AskedAdmissions, log: Log): number => log.at(-1)?.position ?? asked.asked;

/** What waits. @param log from the position up to which training was asked for. */
export const waitingAdmissions = (asked: AskedAdmissions, log: Log): WaitingAdmissions => ({
  model: asked.model,
  asked,
  pending: pendingIn(asked, log),
  position: positionOf(asked, log),
});

/** All that was admitted. @param log the whole. */
export function allAdmissions(asked: AskedAdmissions, log: Log): Admissions {
  const known = standing(asked.earlier ?? [], log);
  const all = known.filter(({ quarantined }) => quarantined === undefined);
  return {
    ...waitingAdmissions(asked, log),
    all,
    batches: all.filter(({ withdrawn }) => withdrawn === undefined),
    withdrawn: known.flatMap((batch) => (batch.withdrawn ? [{ ...batch, withdrawn: batch.withdrawn }] : [])),
    quarantined: known.flatMap((batch) =>
      batch.quarantined && !batch.withdrawn ? [{ ...batch, quarantined: batch.quarantined }] : [],
    ),
  };
}

async function readAsked(stores: Reads<"batches">, model: string): Promise<AskedAdmissions> {
  return (await stores.documents("batches").read(paths.admissions(model), admissions))?.value ?? noneAsked(model);
}

const logOf = (stores: Reads<"batches">, model: string) =>
  stores.documents("batches").log(paths.admissionLog(model), admission);

/** What of a model's admissions waits for training: it costs the same however many batches were admitted before. */
export async function readWaiting(stores: Reads<"batches">, model: string): Promise<WaitingAdmissions> {
  const asked = await readAsked(stores, model);
  return waitingAdmissions(asked, await Array.fromAsync(logOf(stores, model).entries(asked.asked)));
}

/**
 * The first batch that waits, by no more of the log than it takes to know it; undefined where none does. Whoever withdraws it
 * later makes another the first: that is not looked for.
 * @param log from the position up to which training was asked for.
 */
export async function firstToWait(
  asked: AskedAdmissions,
  log: AsyncIterable<Logged<Admission>>,
): Promise<string | undefined> {
  const read: Logged<Admission>[] = [];
  const first = (): string | undefined => pendingIn(asked, read)?.batches[0];
  if (first() !== undefined) return first();
  for await (const logged of log) {
    read.push(logged);
    if (first() !== undefined) return first();
  }
  return undefined;
}

/** Whether a batch of a model is the first that waits: it costs the same however many wait with it. */
export async function isFirstToWait(stores: Reads<"batches">, model: string, batch: string): Promise<boolean> {
  const asked = await readAsked(stores, model);
  return (await firstToWait(asked, logOf(stores, model).entries(asked.asked))) === batch;
}

/** All that a model has admitted. */
export async function readAdmissions(stores: Reads<"batches">, model: string): Promise<Admissions> {
  const asked = await readAsked(stores, model);
  return allAdmissions(asked, await Array.fromAsync(logOf(stores, model).entries()));
}
