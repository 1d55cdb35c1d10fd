import { type Invocation, sweepOncePerPeriod } from "@ratchet/messaging";
import type { OpenMark } from "@ratchet/state";
import type { Deployer } from "../deployer.ts";
import { openDeployments, readChampions } from "../stores.ts";
import { lookAtChampion } from "./look-at-champion.ts";
import { lookAtOpen } from "./look-at-open.ts";

/** Between two sweeps, in milliseconds. */
export const sweepEvery = 60_000;

/** What may need to be helped on: a deployment that may be under way, or a champion. */
type Thing = { readonly mark: OpenMark } | { readonly model: string };

async function* things({ stores }: Deployer): AsyncIterable<Thing> {
  for await (const mark of openDeployments(stores).marks()) yield { mark };
  for await (const { model } of readChampions(stores)) yield { model };
}

/**
 * Goes through what is under way and through every champion, once per period whatever the number of instances: sends the step of a
 * deployment that nobody has looked at, has a champion deployed again that production lacks, and with current code.
 * @throws {SweepError} when something could not be looked at, after all was.
 */
export async function sweep(deployer: Deployer, invocation: Pick<Invocation, "now" | "log">): Promise<void> {
  const { stores, outbox } = deployer;
  const sweeping = { name: "deployments", every: sweepEvery, documents: stores.documents("champions"), outbox };
  await sweepOncePerPeriod(
    sweeping,
    invocation,
    () => things(deployer),
    (thing, swept) =>
      "mark" in thing ? lookAtOpen(deployer, thing.mark, swept) : lookAtChampion(deployer, thing.model, swept),
  );
}
