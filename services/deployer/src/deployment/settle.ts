import { deployModel, forceModel, rollBackModel, type Wish } from "@ratchet/contracts";
import type { Outbox } from "@ratchet/messaging";
import { readChampion } from "@ratchet/state";
import { needsCode } from "../code/needs-code.ts";
import { readCurrentCode } from "../stores.ts";
import type { Outcome } from "./deployment.ts";
import { nextLook } from "./limits.ts";
import type { Taking } from "./taking.ts";

/** Asks again for what waited, as the command that it was. */
async function askAgain(outbox: Outbox, { kind, model, version, code, reason, requestedBy }: Wish): Promise<void> {
  const by = requestedBy === undefined ? {} : { requestedBy };
  const withCode = code === undefined ? {} : { code };
  switch (kind) {
    case "roll-back":
      await outbox.send(rollBackModel, {
        model,
        ...(version === undefined ? {} : { from: version }),
        reason: reason ?? "",
        ...by,
      });
      return;
    case "force":
      await outbox.send(forceModel, { model, version: version ?? "", ...withCode, reason: reason ?? "", ...by });
      return;
    case "promote":
    case "code":
      await outbox.send(deployModel, {
        model,
        version: version ?? "",
        cause: kind === "code" ? "code" : "verdict",
        ...withCode,
      });
      return;
    // What was to be put back is found missing again.
    default:
      return;
  }
}

/**
 * A deployment has ended, well or not: what waited is asked for again, each by a message of its own; and where code was released
 * meanwhile, the champion gets it.
 */
export async function settle({ deployer, record, now }: Taking): Promise<Outcome> {
  const { model, command, waiting, looks } = record;
  for (const wish of waiting)
    await askAgain(deployer.outbox({ cause: wish.id, traceparent: wish.traceparent, time: now }), wish);
  const pointer = await readChampion(deployer.stores, model);
  const code = await readCurrentCode(deployer.stores);
  if (pointer && code !== undefined && needsCode(pointer, code, record)) {
    const outbox = deployer.outbox({ cause: command.id, traceparent: command.traceparent, time: now });
    await outbox.send(deployModel, { model, version: pointer.champion.version, cause: "code", code });
  }
  const lookAt = looks === 0 ? now : nextLook(now, looks, false, deployer.limits);
  return { kind: "settled", asked: waiting.map(({ id }) => id), lookAt };
}
