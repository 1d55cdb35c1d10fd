import { dataRestored, dataWithdrawn, type RestoreBatch, type WithdrawBatch } from "@ratchet/contracts";
import type { Delivery } from "@ratchet/messaging";
import type { StandingBatch } from "@ratchet/state";
import type { Watcher } from "../watcher.ts";
import { type Change, changeBatch } from "./change-batch.ts";

/** One in quarantine was never counted, nor is it when it is taken back: whoever reads the log needs not look further. */
const inQuarantine = ({ quarantined }: StandingBatch): { readonly quarantined?: true } =>
  quarantined ? { quarantined: true } : {};

const toldOf = ({ file }: StandingBatch, { model, batch, reason, requestedBy }: WithdrawBatch["data"]) => ({
  ...{ model, batch, file, reason },
  ...(requestedBy === undefined ? {} : { requestedBy }),
});

const withdrawal: Change = {
  kind: "withdrawn",
  isSo: ({ withdrawn }) => withdrawn !== undefined,
  entry: inQuarantine,
  async tell(_, outbox, batch, data) {
    await outbox.publish(dataWithdrawn, toldOf(batch, data));
  },
};

const restoration: Change = {
  kind: "restored",
  isSo: ({ withdrawn }) => withdrawn === undefined,
  entry: inQuarantine,
  async tell(_, outbox, batch, data) {
    await outbox.publish(dataRestored, { ...toldOf(batch, data), ...inQuarantine(batch) });
  },
};

/**
 * Withdraws a batch, admitted or in quarantine. The champion may have learned from it, so a training that is asked for with it
 * begins from the beginning. One that is withdrawn already is let be.
 * @throws {UnknownBatchError} when the model never took in the batch.
 */
export const withdraw = (watcher: Watcher, message: WithdrawBatch, delivery: Delivery): Promise<void> =>
  changeBatch(withdrawal, watcher, message, delivery);

/**
 * Takes a batch back that was withdrawn: it waits for training as one does that was just admitted, or is in quarantine again
 * where it was before.
 * @throws {UnknownBatchError} when the model never took in the batch.
 */
export const restore = (watcher: Watcher, message: RestoreBatch, delivery: Delivery): Promise<void> =>
  changeBatch(restoration, watcher, message, delivery);
