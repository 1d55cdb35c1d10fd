import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { Contract, Envelope } from "@ratchet/contracts";
import { createOutbox, eventGridTransport, serviceBusTransport, traceOf } from "@ratchet/messaging";
import { writeAudit } from "@ratchet/operators";
import type { Deployment } from "./deployment.ts";

/** What an operator's command is called in the audit: `ratchet.force-model.v1` is `force-model`. */
const actionOf = (type: string): string => type.replace(/^ratchet\.|\.v\d+$/g, "");

/** What the data of a command says of its reason. */
const reasonIn = (data: unknown): string => {
  const reason = typeof data === "object" && data !== null && "reason" in data ? data.reason : undefined;
  return typeof reason === "string" ? reason : "";
};

/** Sends a command in the operator's name, and writes it into the audit; each call is a wish of its own. */
export async function sendCommand<T extends string, D>(
  deployment: Deployment,
  contract: Contract<T, D>,
  data: D,
): Promise<Envelope<D>> {
  const { credential } = deployment;
  const messages = serviceBusTransport(deployment.setting("ServiceBus__fullyQualifiedNamespace"), credential);
  const events = eventGridTransport(deployment.setting("EVENT_GRID_TOPIC_ENDPOINT"), credential);
  const cause = randomUUID();
  try {
    const outbox = createOutbox(
      "operator",
      { cause, traceparent: traceOf(cause), time: new Date() },
      { messages, events },
    );
    const sent = await outbox.send(contract, data);
    await writeAudit(deployment.documents("operations"), {
      at: sent.time,
      by: operatorName(),
      action: actionOf(contract.type),
      about: sent.subject,
      reason: reasonIn(data),
      outcome: "asked",
      id: sent.id,
    });
    return sent;
  } finally {
    await messages.close();
  }
}

/** Who is at the keyboard, for the record. */
export const operatorName = (): string => userInfo().username;
