import { type ChampionPointer, type FreezeModel, modelFrozen, modelThawed, type ThawModel } from "@ratchet/contracts";
import { type Delivery, PermanentError } from "@ratchet/messaging";
import { readChampion, readDefinition } from "@ratchet/state";
import type { Deployer } from "../deployer.ts";
import { hasEnded } from "../deployment/deployment.ts";
import { type KeptEvent, keptEvent } from "../deployment/kept-event.ts";
import { sendNext } from "../deployment/send-next.ts";
import { markOpen, moveChampion, moveDeployment, readDeployment, readVerdict } from "../stores.ts";
import { judgeAgain } from "./ask-for-release.ts";
import { firstRecord } from "./first-record.ts";

/** Nothing of the model is in production, so there is no champion to keep. */
export class NothingToFreezeError extends PermanentError {
  override readonly name = "NothingToFreezeError";

  constructor(model: string) {
    super(`nothing of ${model} was ever in production, so there is nothing to freeze or to thaw`);
  }
}

/** Has an event stated after all that the app's record has to state already. */
async function say(deployer: Deployer, pointer: ChampionPointer, event: KeptEvent, now: Date): Promise<void> {
  const { definition } = await readDefinition(deployer.stores, pointer.model);
  const { app } = definition.deploy;
  await markOpen(deployer.stores, app);
  const first = firstRecord(app, pointer, now);
  const said = await moveDeployment(deployer.stores, app, { kind: "say", event, first, now });
  const record = said ?? (await readDeployment(deployer.stores, app));
  // What is under way says it at its end.
  if (record && hasEnded(record)) await sendNext(deployer, record, now);
}

const byOf = (requestedBy: string | undefined) => (requestedBy === undefined ? {} : { requestedBy });

/**
 * Freezes a model: its champion stays until an operator thaws it, or forces another. A model that is frozen already stays as it is.
 * @throws {NothingToFreezeError} when nothing of the model is in production.
 */
export async function freeze(
  deployer: Deployer,
  { id, traceparent, data }: FreezeModel,
  { now, log }: Delivery,
): Promise<void> {
  const { model, reason, requestedBy } = data;
  if (!(await readChampion(deployer.stores, model))) throw new NothingToFreezeError(model);
  const decision = { cause: id, reason, by: requestedBy, now };
  const pointer = await moveChampion(deployer.stores, { kind: "freeze", model, decision });
  if (pointer.frozen?.cause !== id) return log.info(`${model} is frozen already, since ${pointer.frozen?.since}`);
  const about = { model, version: pointer.champion.version, cause: "request", reason, ...byOf(requestedBy) };
  const event = keptEvent(modelFrozen, about, { cause: id, traceparent, now: new Date(pointer.frozen.since) });
  await say(deployer, pointer, event, now);
}

/**
 * Thaws a model. The challenger that was held back is judged again, against the champion of now.
 * @throws {NothingToFreezeError} when nothing of the model is in production.
 * @throws {PointerMovedError} when another challenger was held back meanwhile; deciding anew helps.
 */
export async function thaw(
  deployer: Deployer,
  { id, traceparent, data }: ThawModel,
  { now, log, outbox }: Delivery,
): Promise<void> {
  const { model, reason, requestedBy } = data;
  const { stores } = deployer;
  const before = await readChampion(stores, model);
  if (!before) throw new NothingToFreezeError(model);
  const held = before.frozen?.heldBack && (await readVerdict(stores, model, before.frozen.heldBack.version));
  // Asked for first: were it let go of first, nobody would know of it after a crash.
  if (held) await judgeAgain(outbox, held);
  const decision = { cause: id, reason, by: requestedBy, now };
  const judgedAgain = before.frozen?.heldBack?.version ?? null;
  const pointer = await moveChampion(stores, { kind: "thaw", model, decision, judgedAgain });
  const { thawed } = pointer;
  if (thawed?.cause !== id) return log.info(`${model} is not frozen`);
  const about = {
    model,
    version: pointer.champion.version,
    judgedAgain: thawed.judgedAgain,
    reason,
    ...byOf(requestedBy),
  };
  await say(
    deployer,
    pointer,
    keptEvent(modelThawed, about, { cause: id, traceparent, now: new Date(thawed.at) }),
    now,
  );
}
