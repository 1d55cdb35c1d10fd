import type { Release, Wish } from "@ratchet/contracts";
import { hasEnded } from "../deployment/deployment.ts";
import type { KeptEvent } from "../deployment/kept-event.ts";
import { sendNext } from "../deployment/send-next.ts";
import { markOpen, moveDeployment } from "../stores.ts";
import type { Asked } from "./asked.ts";

/** A release that is to serve in place of another. */
interface Intended {
  readonly release: Release;
  /** The champion by which it was decided. */
  readonly former: Release | null;
  readonly events?: readonly KeptEvent[];
}

/** Whether the app is at just this wish: it was delivered again, and the deployment goes on. */
export const isUnderWay = ({ record, wish }: Asked): boolean =>
  record !== undefined && record.command.id === wish.id && !hasEnded(record);

/** Goes on with what is under way, where the message of its next step may be lost. */
export async function goOn({ deployer, record, delivery }: Asked): Promise<void> {
  if (record) await sendNext(deployer, record, delivery.now);
}

/**
 * Has a wish wait for the end of the deployment that is under way.
 * @throws {RecordMovedError} when that has ended meanwhile; deciding anew helps.
 * @throws {TooManyWaitingError} when no more can wait.
 */
export async function letWait({ deployer, app, wish, record, delivery }: Asked): Promise<void> {
  const after = await moveDeployment(deployer.stores, app, { kind: "wait", wish });
  delivery.log.info(`another deployment of ${app} is under way; this one waits`, { for: record?.release.version });
  for (const { id, version } of record?.waiting ?? [])
    if (after && !after.waiting.some((one) => one.id === id))
      delivery.log.warn(`too many wait: version ${version} gives way to those that were judged after it`);
}

/**
 * Writes down what is to serve, before anything is touched, and sends the first step.
 * @throws {RecordMovedError} when another deployment has begun or ended meanwhile; deciding anew helps.
 */
export async function intend(
  { deployer, app, wish, record, delivery }: Asked,
  { release, former, events = [] }: Intended,
): Promise<void> {
  const { now, log } = delivery;
  await markOpen(deployer.stores, app);
  const intent = { app, wish, release, former, events };
  const after = await moveDeployment(deployer.stores, app, {
    kind: "intend",
    basedOn: record?.step,
    now,
    ...intent,
  });
  if (after?.command.id !== wish.id) return log.info(`another deployment of ${app} was quicker; this one waits`);
  await sendNext(deployer, after, now);
}

/** The wish that a command is, as far as a record needs to know it. */
export function wishOf(
  { id, traceparent }: { readonly id: string; readonly traceparent?: string | undefined },
  wish: Omit<Wish, "id" | "traceparent">,
): Wish {
  return { ...wish, id, ...(traceparent === undefined ? {} : { traceparent }) };
}
