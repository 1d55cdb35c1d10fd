import { type AnyContract, commands, events } from "@ratchet/contracts";
import type { Letter } from "./letter.ts";

/** What is wrong with a message by the schema of its type. */
export interface SchemaFault {
  /** e.g. `data.model`; empty for the message as a whole. */
  readonly path: string;
  readonly message: string;
}

const contracts: ReadonlyMap<string, AnyContract> = new Map(
  [...commands.map(({ contract }): AnyContract => contract), ...events].map((contract) => [contract.type, contract]),
);

/** The contract of a type of message; undefined of Azure's own events and of what nobody knows. */
export const contractOf = (type: string | undefined): AnyContract | undefined =>
  type === undefined ? undefined : contracts.get(type);

/** What is wrong with a message by the schema of its type; nothing where its type has none here. */
export function schemaFaults(body: unknown): readonly SchemaFault[] {
  const type = typeof body === "object" && body !== null && "type" in body ? String(body.type) : undefined;
  const read = contractOf(type)?.message.safeParse(body);
  return (read?.error?.issues ?? []).map(({ path, message }) => ({ path: path.join("."), message }));
}

/** The faults of a letter: that it is no CloudEvent is one, too. */
export const faultsOf = ({ event, body }: Letter): readonly SchemaFault[] =>
  event ? schemaFaults(body) : [{ path: "", message: "is no CloudEvent" }];
