import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "@ratchet/cli/deployment";
import type { Envelope } from "@ratchet/contracts";
import type { Facts } from "../load/facts.ts";
import type { StandstillWatch } from "../machine/standstills.ts";
import type { Stack } from "../stack/stack.ts";
import type { Story } from "../story.ts";
import type { Broken } from "./broken.ts";
import { restlessness, whatIsBroken } from "./invariants.ts";
import { processesAmiss } from "./processes-amiss.ts";
import type { Seen } from "./seen.ts";

/** How waiting for rest ended. */
export interface Rest {
  /** Milliseconds until all was at rest and as it must be; undefined where that did not come. */
  readonly after: number | undefined;
  /** What was seen last; undefined where nothing could be seen. */
  readonly seen: Seen | undefined;
  /** What does not hold, or does not come to rest. */
  readonly broken: readonly Broken[];
}

interface RestOptions {
  readonly stack: Stack;
  readonly facts: Facts;
  readonly story: Story;
  readonly look: (deployment: Deployment) => Promise<Seen>;
  readonly heard: ReadonlyMap<string, Envelope>;
  readonly models: readonly string[];
  readonly watch: StandstillWatch;
  /** Milliseconds to wait at most. */
  readonly patience: number;
  /** Milliseconds after which what stands still and is broken is believed to stay so: longer than any period of a sweep. */
  readonly quiet: number;
}

const pauseMs = 2_000;
/** So long all has to be at rest and as it must be: what is just on its way is in no queue for a moment. */
const steadyMs = 6_000;

/** Looks again and again until all is at rest and everything holds, or nothing moves any more and something does not. */
export async function comeToRest(options: RestOptions): Promise<Rest> {
  const { stack, facts, story, look, heard, models, watch, patience, quiet } = options;
  const begun = Date.now();
  let seen: Seen | undefined;
  let state = "";
  let since = begun;
  let broken: readonly Broken[] = [];
  while (watch.awakeSince(begun) < patience) {
    const restless: string[] = [];
    const { deployment } = stack.up;
    try {
      if (!deployment) restless.push("ratchet up is not ready");
      else {
        seen = await look(deployment);
        restless.push(...restlessness(seen));
        broken = [
          ...processesAmiss(await stack.processes(), models).map((sentence) => ({ sentence })),
          ...whatIsBroken(seen, facts, heard),
        ];
      }
    } catch (error) {
      restless.push(`it cannot be looked at: ${error instanceof Error ? error.message : String(error)}`);
    }
    const amiss = [...restless, ...broken.map(({ sentence }) => sentence)];
    const now = amiss.join("; ");
    if (now !== state) {
      state = now;
      since = Date.now();
      story.tell(amiss.length === 0 ? "all is at rest, and everything holds" : `not yet: ${some(amiss)}`);
    }
    const stands = watch.awakeSince(since);
    if (now === "" && stands >= steadyMs) return { after: watch.awakeSince(begun) - stands, seen, broken: [] };
    if (now !== "" && stands >= quiet) return { after: undefined, seen, broken: [...asBroken(restless), ...broken] };
    await delay(pauseMs);
  }
  return { after: undefined, seen, broken: [...asBroken([`it does not come to rest: ${state}`]), ...broken] };
}

const sentencesTold = 4;

const some = (sentences: readonly string[]): string =>
  [
    ...sentences.slice(0, sentencesTold),
    ...(sentences.length > sentencesTold ? [`and ${sentences.length - sentencesTold} more`] : []),
  ].join("; ");

const asBroken = (sentences: readonly string[]): readonly Broken[] => sentences.map((sentence) => ({ sentence }));
