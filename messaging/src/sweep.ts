import { type ProcessStuck, processStuck } from "@ratchet/contracts";
import { claimPeriod, type DocumentStore } from "@ratchet/state";
import type { Occasion } from "./connected-service.ts";
import type { Log } from "./log.ts";
import type { Outbox } from "./outbox.ts";

/** What a sweep is given. */
export interface Sweep {
  /** The time to decide by. */
  readonly now: Date;
  readonly log: Log;
  /** Speaks because of this period's sweep: what is missing is sent under fresh ids, and once. */
  readonly outbox: Outbox;
}

interface Sweeping {
  /** Names what is swept. */
  readonly name: string;
  /** Length of a period in milliseconds. */
  readonly every: number;
  /** Where it is written down which period was swept last. */
  readonly documents: DocumentStore;
  readonly outbox: (occasion: Occasion) => Outbox;
}

/** Some of what was to be swept could not be; the rest was. */
export class SweepError extends AggregateError {
  override readonly name = "SweepError";

  constructor(name: string, errors: readonly unknown[]) {
    super(errors, `${errors.length} of what ${name} looks after could not be looked at; the next period tries again`);
  }
}

/**
 * Sweeps once per period, whatever the number of instances that ask. What cannot be looked at does not hold up the rest.
 * @param look looks at one thing that may need to be helped on.
 * @throws {SweepError} when something could not be looked at, after all was.
 */
export async function sweepOncePerPeriod<Thing>(
  { name, every, documents, outbox }: Sweeping,
  { now, log }: Pick<Sweep, "now" | "log">,
  things: () => AsyncIterable<Thing>,
  look: (thing: Thing, sweep: Sweep) => Promise<void>,
): Promise<void> {
  const period = await claimPeriod(documents, name, every, now);
  if (!period) return;
  const sweep: Sweep = { now, log, outbox: outbox({ cause: `sweep/${name}/${period.toISOString()}` }) };
  const failures: unknown[] = [];
  for await (const thing of things())
    await look(thing, sweep).catch((error: unknown) => {
      failures.push(error);
      log.error(`${name} could not look at one of its things`, { error: String(error) });
    });
  if (failures.length > 0) throw new SweepError(name, failures);
}

/**
 * States that a process does not go on. It is one event for as long as the process stays where it is: say it where the record
 * does not tell yet that it was said.
 */
export const sayStuck = (outbox: (occasion: Occasion) => Outbox, stuck: ProcessStuck["data"]): Promise<ProcessStuck> =>
  outbox({ cause: `stuck/${stuck.state}/${stuck.since}` }).publish(processStuck, stuck) as Promise<ProcessStuck>;
