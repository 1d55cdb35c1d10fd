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

/** A batch that was taken out. */
interface Withdrawal {
  readonly at: string;
  readonly reason: string;
  readonly by?: string | undefined;
  /** Id of the command. */
  readonly cause: string;
}

/** A batch that came in, and how it stands. */
export interface StandingBatch extends AdmittedBatch {
  /** Where the log says so; 0 of batches from before there was one. */
  readonly position: number;
  /** How many train and how many judge; undefined of batches from before the log said so. */
  readonly rows?: Admission["rows"];
  /** The share of its rows that was held out; undefined of batches from before the log said so. */
  readonly holdout?: Admission["holdout"];
  /** Where it is withdrawn. */
  readonly withdrawn?: Withdrawal;
  /** Ids of the commands that have withdrawn or restored it, in their order: none does so twice. */
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
  /** All that ever came in, in the order in which they were admitted. */
  readonly all: readonly StandingBatch[];
  /** Those that train and judge, in the order in which they were admitted. */
  readonly batches: readonly StandingBatch[];
  readonly withdrawn: readonly (StandingBatch & { readonly withdrawn: Withdrawal })[];
}

/** A model of which nothing was dropped yet. */
export const noneAsked = (model: string): AskedAdmissions => ({ model, asked: 0 });

type Log = readonly Logged<Admission>[];

const saidIn = ({ at, reason = "", by, cause = "" }: Admission): Withdrawal => ({ at, reason, by, cause });

/** A batch after one more entry about it: the very same where the entry says nothing new. */
function after(known: StandingBatch | undefined, { entry, position }: Logged<Admission>): StandingBatch | undefined {
  const { kind, batch, file, at, drop, rows, holdout } = entry;
  if (kind === "admitted")
    return known ?? (file === undefined ? undefined : { batch, file, admittedAt: at, drop, rows, holdout, position });
  if (!known) return undefined;
  const { withdrawn, obeyed = [], ...rest } = known;
  const said = saidIn(entry);
  const then = { ...rest, obeyed: [...obeyed, said.cause] };
  if (kind === "withdrawn") return withdrawn ? known : { ...then, withdrawn: said };
  // Kinds of entries that this version does not know change nothing.
  return kind === "restored" && withdrawn ? then : known;
}

/** Every batch as it stands, in the order in which they were admitted. */
function standing(earlier: readonly AdmittedBatch[], log: Log): readonly StandingBatch[] {
  const batches = new Map<string, StandingBatch>(earlier.map((one) => [one.batch, { ...one, position: 0 }]));
  for (const logged of log) {
    const next = after(batches.get(logged.entry.batch), logged);
    if (next) batches.set(logged.entry.batch, next);
  }
  return [...batches.values()];
}

/** @param log from the position up to which training was asked for, or from before it. */
function pendingIn({ asked, earlier = [], waiting = [] }: AskedAdmissions, log: Log): Pending | null {
  const since = new Map(
    earlier.filter(({ batch }) => waiting.includes(batch)).map((one) => [one.batch, one.admittedAt]),
  );
  const withdrawn = new Set<string>();
  for (const { entry, position } of log) {
    if (position <= asked) continue;
    const { kind, batch, at } = entry;
    if (kind === "withdrawn") {
      withdrawn.add(batch);
      since.delete(batch);
    }
    if (kind === "restored") withdrawn.delete(batch);
    const comesIn = kind === "restored" || (kind === "admitted" && !withdrawn.has(batch));
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
  const all = standing(asked.earlier ?? [], log);
  return {
    ...waitingAdmissions(asked, log),
    all,
    batches: all.filter(({ withdrawn }) => withdrawn === undefined),
    withdrawn: all.flatMap((batch) => (batch.withdrawn ? [{ ...batch, withdrawn: batch.withdrawn }] : [])),
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

/** All that a model has admitted. */
export async function readAdmissions(stores: Reads<"batches">, model: string): Promise<Admissions> {
  const asked = await readAsked(stores, model);
  return allAdmissions(asked, await Array.fromAsync(logOf(stores, model).entries()));
}
