import type { JudgementRecord } from "@ratchet/contracts";
import type { Held, JudgementEvent } from "./events.ts";

/** A judgement that does not get on is looked at again after so many milliseconds; each time in vain after twice as many … */
export const patience = 10 * 60_000;
/** … and after this many at most. */
export const mostPatience = 6 * 3_600_000;
/** A judgement that waits for a change is looked at this often, in milliseconds. */
export const lookEvery = 5 * 60_000;
/** Redelivered commands are known among this many. */
const keptCommands = 50;

const later = (at: string, milliseconds: number): string => new Date(Date.parse(at) + milliseconds).toISOString();

/** When to look at a judgement that does not get on, after so many nudges. */
const nextNudge = (at: string, nudges: number): string => later(at, Math.min(patience * 2 ** nudges, mostPatience));

/** When to look at a judgement that waits: often, and as soon as its cooldown is over. */
export function nextLook(now: Date, { until }: Pick<Held, "until">): Date {
  const soon = now.getTime() + lookEvery;
  const end = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  return new Date(end > now.getTime() ? Math.min(soon, end) : soon);
}

type Bare = Omit<JudgementRecord, "lookAt" | "held" | "failure" | "stuckSaid">;

/** A record without what belongs to the state that it leaves. */
function bare({ lookAt: _, held: __, failure: ___, stuckSaid: ____, ...rest }: JudgementRecord): Bare {
  return { ...rest, nudges: 0 };
}

function opened(
  record: JudgementRecord | undefined,
  { asked, seen }: JudgementEvent & { readonly kind: "asked" },
): JudgementRecord {
  const { model, version } = asked.challenge;
  const known: readonly string[] = record?.commands ?? [];
  const commands = known.includes(asked.command) ? known : [...known, asked.command];
  return {
    ...(record ? bare(record) : { model, version, firstAskedAt: asked.at, nudges: 0 }),
    state: "asked",
    since: asked.at,
    lookAt: nextNudge(asked.at, 0),
    asked,
    commands: commands.slice(-keptCommands),
    seen,
  };
}

function said(record: JudgementRecord, verdict: string, at: string): JudgementRecord {
  const { held } = record;
  const base = { ...bare(record), since: at, said: verdict };
  if (!held) return { ...base, state: "said" };
  if (record.newer !== undefined) return { ...base, state: "superseded" };
  return { ...base, state: "held", held, lookAt: nextLook(new Date(at), held).toISOString() };
}

function overtaken(record: JudgementRecord, by: string, at: string): JudgementRecord {
  const { failure, lookAt, ...rest } = record;
  if (record.state === "held") return { ...bare(record), state: "superseded", since: at, newer: by };
  if (!failure) return { ...record, newer: by };
  return { ...bare(rest), state: "superseded", since: at, newer: by, failure };
}

function failed(
  record: JudgementRecord,
  { failure, seen, at }: JudgementEvent & { readonly kind: "failed" },
): JudgementRecord {
  if (record.newer !== undefined) return { ...bare(record), state: "superseded", since: at, failure, seen };
  const { stuckSaid, ...rest } = record;
  const told = stuckSaid !== undefined && record.failure?.since === failure.since ? { stuckSaid } : {};
  return { ...rest, ...told, failure, seen, lookAt: later(at, lookEvery) };
}

export function evolve(record: JudgementRecord | undefined, event: JudgementEvent): JudgementRecord | undefined {
  if (event.kind === "asked") return opened(record, event);
  if (!record) return record;
  switch (event.kind) {
    case "weighed": {
      const { key, attempt, at } = event;
      return { ...bare(record), state: "weighed", since: at, lookAt: nextNudge(at, 0), weighed: { key, attempt } };
    }
    case "decided": {
      const { held, seen = record.seen, at } = event;
      const base = { ...bare(record), state: "decided", since: at, lookAt: nextNudge(at, 0), seen } as const;
      return held ? { ...base, held } : base;
    }
    case "said":
      return said(record, event.verdict, event.at);
    case "failed":
      return failed(record, event);
    case "told":
      return { ...record, stuckSaid: event.at };
    case "nudged": {
      const nudges = record.nudges + 1;
      return { ...record, nudges, lookAt: nextNudge(event.at, nudges) };
    }
    case "looked":
      return { ...record, lookAt: event.lookAt };
    case "overtaken":
      return overtaken(record, event.by, event.at);
    case "closed":
      return { ...bare(record), state: "said", since: event.at };
  }
}
