import { setTimeout as delay } from "node:timers/promises";
import type { Story } from "../story.ts";
import type { HappenedFault } from "./happened.ts";
import type { Injector } from "./inject.ts";
import type { PlannedFault } from "./plan.ts";

/** The faults of a run as they come. */
export interface FaultRun {
  readonly happened: readonly HappenedFault[];
  /** How many found nothing that they could have met. */
  readonly missed: () => number;
  /** Resolves when the last one has come, and each is over. */
  readonly over: Promise<void>;
}

/** Makes the faults of a plan happen, each in its time; one that comes late does not hold up those behind it. */
export function runFaults(plan: readonly PlannedFault[], inject: Injector, story: Story): FaultRun {
  const happened: HappenedFault[] = [];
  let missed = 0;

  async function happen(fault: PlannedFault): Promise<void> {
    const at = Date.now();
    const injected = await inject(fault).catch((error: unknown) => {
      story.tell(`FAULT could not come: ${fault.kind}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    });
    if (!injected) {
      missed += 1;
      return;
    }
    const { words, excuses, undo } = injected;
    const entry: HappenedFault = { kind: fault.kind, words, excuses, at, until: undo ? undefined : Date.now() };
    happened.push(entry);
    story.tell(`FAULT ${happened.length}: ${words}`);
    if (!undo) return;
    await delay(fault.lasts);
    await undo().catch((error: unknown) => story.tell(`FAULT could not be ended: ${words}: ${error}`));
    entry.until = Date.now();
    story.tell(`over: ${words}`);
  }

  async function run(): Promise<void> {
    const begun = Date.now();
    const under: Promise<void>[] = [];
    for (const fault of plan) {
      await delay(Math.max(0, fault.at - (Date.now() - begun)));
      under.push(happen(fault));
    }
    await Promise.all(under);
  }

  return { happened, missed: () => missed, over: run() };
}
