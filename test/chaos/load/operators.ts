import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "@ratchet/cli/deployment";
import type { Random } from "@ratchet/simulation/random";
import type { Story } from "../story.ts";
import type { Deed, Deeds } from "./deeds.ts";
import type { Facts } from "./facts.ts";

/** People and programs at work on the deployment, as long as they are not told to stop. */
export interface Operators {
  stop(): void;
  /** Resolves when all that they began has ended, one way or another. */
  readonly idle: () => boolean;
}

interface OperatorsOptions {
  readonly deeds: Deeds;
  readonly random: Random;
  readonly facts: Facts;
  readonly story: Story;
  readonly deployment: () => Deployment | undefined;
  /** Milliseconds between two deeds, on average. */
  readonly pace: number;
}

/** So many deeds may hang in what does not answer; more would only be more of the same. */
const mostAtOnce = 12;

export function startOperators(options: OperatorsOptions): Operators {
  const { deeds, random, facts, story, deployment, pace } = options;
  const total = deeds.table.reduce((sum, [weight]) => sum + weight, 0);
  let running = true;
  let under = 0;

  function choose(): { readonly name: string; readonly deed: Deed } {
    let left = random.int(1, total);
    for (const [weight, name, make] of deeds.table) {
      left -= weight;
      if (left <= 0) return { name, deed: make() };
    }
    throw new RangeError("no deed was chosen");
  }

  async function act(): Promise<void> {
    const { name, deed } = choose();
    const connected = deployment();
    if (!connected || under >= mostAtOnce) return;
    const counted = facts.deeds.get(name) ?? { done: 0, failed: 0 };
    facts.deeds.set(name, counted);
    under += 1;
    try {
      story.tell(`somebody ${await deed(connected)}`);
      counted.done += 1;
    } catch (error) {
      counted.failed += 1;
      story.tell(`somebody could not ${name}: ${error instanceof Error ? error.message.slice(0, 200) : error}`);
    } finally {
      under -= 1;
    }
  }

  void (async () => {
    while (running) {
      void act();
      await delay(random.int(pace / 2, pace * 1.5));
    }
  })();
  return {
    stop() {
      running = false;
    },
    idle: () => under === 0,
  };
}
