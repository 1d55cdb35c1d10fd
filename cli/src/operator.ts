import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { Contract, Envelope } from "@ratchet/contracts";
import { createOutbox, eventGridTransport, serviceBusTransport, traceOf } from "@ratchet/messaging";
import type { Deployment } from "./deployment.ts";

/** Sends a command in the operator's name; each call is a wish of its own. */
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
    return await outbox.send(contract, data);
  } finally {
    await messages.close();
  }
}

/** Who is at the keyboard, for the record. */
export const operatorName = (): string => userInfo().username;
