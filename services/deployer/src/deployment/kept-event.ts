import {
  type AnyContract,
  type Contract,
  type DeploymentRecord,
  modelFrozen,
  modelPromoted,
  modelRolledBack,
  modelThawed,
  productionDrifted,
} from "@ratchet/contracts";
import { PermanentError } from "@ratchet/messaging";
import type { Deployer } from "../deployer.ts";

export type KeptEvent = DeploymentRecord["events"][number];

/** Because of what an event is stated, and since when it holds. */
export interface Because {
  /** Id of the command. */
  readonly cause: string;
  readonly traceparent?: string | undefined;
  readonly now: Date;
}

/** The record holds an event that this version does not state. */
class UnknownEventError extends PermanentError {
  override readonly name = "UnknownEventError";
}

const stated: readonly AnyContract[] = [modelPromoted, modelRolledBack, modelFrozen, modelThawed, productionDrifted];

/** An event as it is kept until the topic has taken it. The same event because of the same command has the same id. */
export function keptEvent<Type extends string, Data>(
  contract: Contract<Type, Data>,
  data: Data,
  { cause, traceparent, now }: Because,
): KeptEvent {
  const built = contract.build(data, { source: "deployer", time: now, cause });
  return {
    id: built.id,
    type: built.type,
    time: built.time,
    cause,
    traceparent,
    data: built.data as KeptEvent["data"],
  };
}

/**
 * States a kept event: its id and time are those that it was kept with.
 * @throws {UnknownEventError} when it is none of the deployer's.
 */
export async function state({ outbox }: Pick<Deployer, "outbox">, event: KeptEvent): Promise<void> {
  const { type, cause, traceparent, time, data } = event;
  const contract = stated.find((one) => one.type === type);
  if (!contract) throw new UnknownEventError(`${type} is no event of the deployer; update it, or mend the record`);
  await outbox({ cause, traceparent, time: new Date(time) }).publish(contract, data);
}
