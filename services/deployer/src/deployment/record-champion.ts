import type { ChampionPointer } from "@ratchet/contracts";
import type { ChampionCommand } from "../champion.ts";
import { PointerMovedError } from "../champion.ts";
import { moveChampion } from "../stores.ts";
import type { Outcome } from "./deployment.ts";
import { eventsOfSuccess } from "./events-of.ts";
import type { Taking } from "./taking.ts";

/** How the pointer is to move now that a deployment's release serves. */
function moveOf({ record, now }: Taking): ChampionCommand {
  const { model, command, release, former, endpoint = "", since } = record;
  switch (command.kind) {
    case "restore":
      return { kind: "serve-from", model, champion: release, endpoint };
    case "roll-back": {
      const decision = { cause: command.id, reason: command.reason ?? "", by: command.requestedBy, now };
      return { kind: "roll-back", model, from: former ?? release, to: release, endpoint, decision };
    }
    default:
      return { kind: "promote", model, release: { ...release, promotedAt: since }, endpoint, over: former };
  }
}

/** Writes down what serves as champion. Done for this deployment before, the pointer stays as it is. */
export async function recordChampion(taking: Taking): Promise<Outcome> {
  const { deployer, record, now } = taking;
  let pointer: ChampionPointer;
  try {
    pointer = await moveChampion(deployer.stores, moveOf(taking));
  } catch (error) {
    if (!(error instanceof PointerMovedError)) throw error;
    return { kind: "given-up", why: error.message };
  }
  return { kind: "recorded", events: eventsOfSuccess(record, pointer, now) };
}
