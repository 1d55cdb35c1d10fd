import {
  type Contract,
  ContractError,
  checkTrainingDue,
  deployModel,
  type Envelope,
  messageIdOf,
  modelPromoted,
  type QueueName,
} from "@ratchet/contracts";
import { beforeEach, describe, expect, test } from "vitest";
import { UngrantedError } from "./granted.ts";
import { createOutbox, sessionOf, toMessage } from "./outbox.ts";
import { traceOf } from "./trace.ts";
import type { OutgoingMessage } from "./transport.ts";

const sent: { readonly queue: QueueName; readonly message: OutgoingMessage; readonly notBefore: Date | undefined }[] =
  [];
const published: Envelope[] = [];
const transports = {
  messages: {
    send: async (queue: QueueName, message: OutgoingMessage, notBefore?: Date) =>
      void sent.push({ queue, message, notBefore }),
    close: async () => undefined,
  },
  events: { publish: async (event: Envelope) => void published.push(event) },
};
beforeEach(() => {
  sent.splice(0);
  published.splice(0);
});

const traceparent = traceOf("a verdict");
const occasion = { cause: "a verdict", traceparent, time: new Date("2026-11-23T09:00:00Z") };
const command = { model: "digits", version: "7", cause: "verdict" } as const;
/** What a service could hand over if its types did not hold it back. */
const anything = (contract: object) => contract as Contract<string, object>;

describe("an outbox", () => {
  test("sends a command through its queue, in its model's session, as a message that its own content names", async () => {
    const outbox = createOutbox("evaluator", occasion, transports);
    const said = await outbox.send(deployModel, command);
    expect(sent).toEqual([{ queue: "deploy-model", message: toMessage("deploy-model", said), notBefore: undefined }]);
    expect(said).toMatchObject({
      id: messageIdOf("ratchet.deploy-model.v1", "models/digits/versions/7", "a verdict"),
      source: "/ratchet/evaluator",
      time: "2026-11-23T09:00:00.000Z",
      causationid: "a verdict",
      data: command,
    });
    expect(sent[0]?.message).toEqual({
      messageId: said.id,
      body: said,
      contentType: "application/cloudevents+json",
      subject: "ratchet.deploy-model.v1",
      sessionId: "digits",
      applicationProperties: { "Diagnostic-Id": said.traceparent },
    });
  });

  test("passes on the time before which a command is not delivered", async () => {
    const notBefore = new Date("2026-11-24T00:00:00Z");
    await createOutbox("data-watcher", occasion, transports).send(checkTrainingDue, { model: "digits" }, { notBefore });
    expect(sent).toMatchObject([{ queue: "training-due", notBefore }]);
    expect(sent[0]?.message).not.toHaveProperty("sessionId");
  });

  test("says everything in the trace of its occasion, each thing in a span of its own", async () => {
    const outbox = createOutbox("deployer", occasion, transports);
    const said = [
      await outbox.send(deployModel, command),
      await outbox.publish(modelPromoted, modelPromoted.example),
      await outbox.publish(modelPromoted, modelPromoted.example),
    ];
    expect(published).toEqual(said.slice(1));
    const spans = said.map((message) => message.traceparent?.split("-") ?? []);
    expect(new Set(spans.map(([, trace]) => trace))).toEqual(new Set([traceparent.split("-")[1]]));
    expect(new Set([...spans.map(([, , span]) => span), traceparent.split("-")[2]]).size).toBe(4);
  });

  test("says one thing twice as one message, on another occasion as another", async () => {
    const outbox = createOutbox("deployer", occasion, transports);
    const once = await outbox.publish(modelPromoted, modelPromoted.example);
    const again = await outbox.publish(modelPromoted, modelPromoted.example);
    const other = createOutbox("deployer", { ...occasion, cause: "another" }, transports);
    expect(again.id).toBe(once.id);
    expect((await other.publish(modelPromoted, modelPromoted.example)).id).not.toBe(once.id);
  });

  test("says nothing of what it refuses: an event to a queue, a command to the topic, a stranger's, a broken one", async () => {
    const deployer = createOutbox("deployer", occasion, transports);
    await expect(deployer.send(modelPromoted, modelPromoted.example)).rejects.toThrow(
      new TypeError("ratchet.model.promoted.v1 is not a command; only commands go through queues"),
    );
    await expect(deployer.publish(deployModel, command)).rejects.toThrow(
      new TypeError("ratchet.deploy-model.v1 is a command; the topic ratchet carries events"),
    );
    await expect(createOutbox("console", occasion, transports).send(deployModel, command)).rejects.toThrow(
      UngrantedError,
    );
    await expect(
      createOutbox("evaluator", occasion, transports).publish(modelPromoted, modelPromoted.example),
    ).rejects.toThrow(UngrantedError);
    await expect(deployer.send(anything(deployModel), { model: "NO NAME" })).rejects.toThrow(ContractError);
    await expect(deployer.publish(anything(modelPromoted), { model: "digits" })).rejects.toThrow(ContractError);
    expect([sent, published]).toEqual([[], []]);
  });
});

test("a message is in the session of its model where its queue has sessions, and in one for all where it names none", () => {
  expect(sessionOf("deploy-model", { model: "digits" })).toBe("digits");
  expect(sessionOf("evaluate-model", { model: "weather" })).toBe("weather");
  for (const nameless of [{}, { model: 7 }, null, undefined, "text"])
    expect(sessionOf("deploy-model", nameless)).toBe("unknown");
  expect(sessionOf("train-model", { model: "digits" })).toBeUndefined();
});

test("a message without a trace has no property of one", () => {
  const { traceparent: _, ...untraced } = deployModel.build(command, { source: "test", ...occasion });
  expect(toMessage("deploy-model", untraced).applicationProperties).toEqual({});
});
