import {
  ContractError,
  checkTrainingDue,
  deployModel,
  type Envelope,
  messageFailed,
  messageIdOf,
  modelJudged,
  parseEnvelope,
  type QueueName,
  queues,
  shortDigest,
  type TrainModel,
  trainModel,
} from "@ratchet/contracts";
import { beforeEach, describe, expect, test } from "vitest";
import { earlierAttempts } from "./attempts.ts";
import type { IncomingMessage } from "./copy.ts";
import { withoutFailure } from "./marks.ts";
import { toMessage } from "./outbox.ts";
import { FailedMessageError, type Reception, receiveMessage } from "./receive.ts";
import { on, onEvent, type Route } from "./routes.ts";
import { traceOf } from "./trace.ts";
import { PermanentError, TransientError } from "./transient.ts";
import type { OutgoingMessage } from "./transport.ts";

/** What left the service, in order. */
type Said =
  | { readonly to: QueueName; readonly message: OutgoingMessage; readonly notBefore: Date | undefined }
  | { readonly event: Envelope };

const said: Said[] = [];
const logged: Readonly<Record<string, unknown>>[] = [];
/** What the topic, or the broker, answers instead of taking what is said. */
let topicFault: Error | undefined;
let brokerFault: Error | undefined;
let time: Date;
beforeEach(() => {
  said.splice(0);
  logged.splice(0);
  topicFault = undefined;
  brokerFault = undefined;
  time = new Date("2026-11-23T09:00:00Z");
});

const keep = (level: string) => (line: unknown) => void logged.push({ level, ...JSON.parse(String(line)) });
const sink = { info: keep("info"), warn: keep("warn"), error: keep("error") };

const reception = (queue: QueueName, routes: readonly Route[]): Reception => ({
  service: queues[queue].receiver,
  queue,
  routes,
  clock: () => time,
  messages: {
    async send(to, message, notBefore) {
      if (brokerFault) throw brokerFault;
      said.push({ to, message, notBefore });
    },
    close: async () => undefined,
  },
  events: {
    async publish(event) {
      if (topicFault) throw topicFault;
      said.push({ event });
    },
  },
});

const receive = (queue: QueueName, message: IncomingMessage, routes: readonly Route[]) =>
  receiveMessage(reception(queue, routes), message, sink);

/** What was sent back to the queue, and what was stated. */
const sent = () => said.flatMap((one) => ("message" in one ? [one] : []));
const stated = () => said.flatMap((one) => ("event" in one ? [one.event] : []));

/** A sent message as it is delivered. */
const delivered = ({ messageId, body, sessionId, applicationProperties }: OutgoingMessage): IncomingMessage => ({
  body,
  messageId,
  ...(sessionId === undefined ? {} : { sessionId }),
  properties: applicationProperties,
});

const traceparent = traceOf("a drop");
const occasion = { source: "data-watcher", time: new Date("2026-11-23T08:59:00Z"), cause: "a drop", traceparent };
const due = checkTrainingDue.build({ model: "digits" }, occasion);
const first = delivered(toMessage("training-due", due));
const busy = new TransientError("storage is busy");
const wrong = new PermanentError("no model named digits is applied");
const failing = (error: unknown): readonly Route[] => [on(checkTrainingDue, () => Promise.reject(error))];

describe("a fault that may pass", () => {
  test("sends the same message again, for later, at its next attempt", async () => {
    const own = { mine: 1, "diagnostic-Id": traceparent, "ratchet-replays": 2 };
    busy.stack = "TransientError: as thrown";
    await receive("training-due", { ...first, properties: own }, failing(busy));
    const failed = { attempt: 1, at: "2026-11-23T09:00:00.000Z", name: "TransientError", message: "storage is busy" };
    expect(said).toEqual([
      {
        to: "training-due",
        notBefore: new Date("2026-11-23T09:00:02Z"),
        message: {
          messageId: `${due.id}~${shortDigest({ from: due.id, step: "attempt 2" })}`,
          body: due,
          contentType: "application/cloudevents+json",
          subject: "ratchet.check-training-due.v1",
          applicationProperties: {
            mine: 1,
            "Diagnostic-Id": traceparent,
            "ratchet-replays": 2,
            "ratchet-attempt": 2,
            "ratchet-attempts": JSON.stringify([{ ...failed, stack: "TransientError: as thrown" }]),
          },
        },
      },
    ]);
    expect(logged).toMatchObject([
      { level: "warn", message: "attempt 1 failed; trying again at 2026-11-23T09:00:02.000Z", attempt: 1 },
    ]);
  });

  test("begins its wait when it happens, however long the delivery has taken", async () => {
    const late = on(checkTrainingDue, async () => {
      time = new Date("2026-11-23T10:30:00Z");
      throw busy;
    });
    await receive("training-due", first, [late]);
    expect(sent()[0]?.notBefore).toEqual(new Date("2026-11-23T10:30:02Z"));
  });

  test("is tried as often as the queue's schedule says, each copy another message, and then fails for good", async () => {
    let message = first;
    const ids = new Set([message.messageId]);
    for (const [index, delay] of [2, 4, 8, 16, 32, 60, 60].entries()) {
      await receive("training-due", message, failing(busy));
      const { message: copy, notBefore } = sent()[index] ?? expect.fail("nothing was sent");
      expect(notBefore).toEqual(new Date(time.getTime() + delay * 1000));
      expect(copy.applicationProperties).toMatchObject({ "ratchet-attempt": index + 2 });
      ids.add(copy.messageId);
      message = delivered(copy);
    }
    expect(ids.size).toBe(8);
    expect(stated()).toEqual([]);
    await receive("training-due", message, failing(busy));
    expect(stated()).toMatchObject([{ data: { attempts: 8, error: { name: "TransientError" } } }]);
    expect(sent().at(-1)?.message.applicationProperties).toMatchObject({
      "ratchet-attempt": 8,
      "ratchet-failure-name": "TransientError",
    });
    expect(logged.at(-1)).toMatchObject({ level: "error", message: "failed for good after 8 attempts" });
  });

  test("is told of on the letter, each attempt with its error, and no more than a message can carry", async () => {
    let message = first;
    for (const index of queues["training-due"].retryDelays.keys()) {
      const fault = new TransientError(`storage is busy, the ${index + 1}. time: ${"€".repeat(5_000)}`);
      fault.stack = `TransientError: at ${index}\n${"    at €€€ (a.ts:1:1)\n".repeat(500)}`;
      await receive("training-due", message, failing(fault));
      message = delivered(sent()[index]?.message ?? expect.fail("nothing was sent"));
    }
    await receive("training-due", message, failing(wrong));
    const { applicationProperties = {} } = sent().at(-1)?.message ?? {};
    const earlier = earlierAttempts(applicationProperties);
    expect(earlier[0]).toMatchObject({ attempt: 1, message: expect.stringContaining("the 1. time") });
    expect(earlier.at(-1)).toMatchObject({ attempt: 7, stack: expect.stringContaining("TransientError: at 6") });
    const bytes = Object.values(applicationProperties).reduce<number>(
      (sum, one) => sum + Buffer.byteLength(String(one)),
      0,
    );
    expect(bytes).toBeLessThan(48 * 1024);
  });

  test("does not tell a replay of the letter: that begins anew", async () => {
    await receive("training-due", first, failing(busy));
    const again = delivered(sent()[0]?.message ?? expect.fail("nothing was sent"));
    expect(Object.keys(withoutFailure(again.properties))).not.toContain("ratchet-attempts");
  });

  test("is waited for longer where a role is missing, and counted apart", async () => {
    const forbidden = Object.assign(new Error("not authorised"), { statusCode: 403 });
    await receive("training-due", first, failing(forbidden));
    const [waiting] = sent();
    expect(waiting?.notBefore).toEqual(new Date("2026-11-23T09:01:00Z"));
    expect(waiting?.message.applicationProperties).toMatchObject({ "ratchet-attempt": 2, "ratchet-role-waits": 1 });
    await receive("training-due", delivered(waiting?.message ?? expect.fail("nothing was sent")), failing(busy));
    expect(sent()[1]?.notBefore).toEqual(new Date("2026-11-23T09:00:02Z"));
    expect(sent()[1]?.message.applicationProperties).toMatchObject({ "ratchet-attempt": 3, "ratchet-role-waits": 1 });
  });

  test("makes one copy of one delivery, however often it is handled, and another of each", async () => {
    await receive("training-due", first, failing(busy));
    await receive("training-due", first, failing(busy));
    await receive("training-due", { ...first, messageId: "a replay" }, failing(busy));
    const [once, again, replayed] = sent().map(({ message }) => message.messageId);
    expect(again).toBe(once);
    expect(replayed).not.toBe(once);
    expect(replayed?.startsWith(`${due.id}~`)).toBe(true);
  });

  test("keeps the message in the session that it came in, or that is its model's", async () => {
    const command = deployModel.build(deployModel.example, occasion);
    const busyDeployer = [on(deployModel, () => Promise.reject(busy))];
    const { sessionId: _, ...unnamed } = delivered(toMessage("deploy-model", command));
    await receive("deploy-model", { ...unnamed, sessionId: "elsewhere" }, busyDeployer);
    await receive("deploy-model", unnamed, busyDeployer);
    expect(sent().map(({ message }) => message.sessionId)).toEqual(["elsewhere", "digits"]);
  });

  test("cuts the name that a copy gets to what the broker takes", async () => {
    const long = { ...due, id: "i".repeat(128) };
    await receive("training-due", { ...first, body: long, messageId: "m".repeat(128) }, failing(busy));
    expect(sent()[0]?.message.messageId).toMatch(/^i{90}~[0-9a-f]{16}$/);
  });

  test("gives the message back where the copy cannot be sent", async () => {
    brokerFault = new Error("the broker is away");
    await expect(receive("training-due", first, failing(busy))).rejects.toBe(brokerFault);
  });
});

describe("a failure for good", () => {
  const letterId = `${due.id}~${shortDigest({ from: due.id, step: "failed" })}`;

  test("sends the copy that carries it first, at once, and states it then", async () => {
    wrong.stack = "PermanentError: as thrown";
    const tried = { ...first.properties, "ratchet-attempt": 3, "ratchet-role-waits": 1 };
    await receive("training-due", { ...first, properties: tried }, failing(wrong));
    const [copy, event, ...others] = said;
    expect(others).toEqual([]);
    expect(copy).toEqual({
      to: "training-due",
      notBefore: undefined,
      message: {
        messageId: letterId,
        body: due,
        contentType: "application/cloudevents+json",
        subject: "ratchet.check-training-due.v1",
        applicationProperties: {
          "Diagnostic-Id": traceparent,
          "ratchet-attempt": 3,
          "ratchet-failure-at": "2026-11-23T09:00:00.000Z",
          "ratchet-failure-name": "PermanentError",
          "ratchet-failure-message": "no model named digits is applied",
          "ratchet-failure-stack": "PermanentError: as thrown",
          "ratchet-failure-service": "data-watcher",
        },
      },
    });
    const { traceparent: trace, ...failed } = (event && "event" in event && event.event) || expect.fail("not stated");
    const subject = `queues/training-due/messages/${due.id}`;
    expect(failed).toEqual({
      specversion: "1.0",
      id: messageIdOf("ratchet.message.failed.v1", subject, first.messageId),
      source: "/ratchet/data-watcher",
      type: "ratchet.message.failed.v1",
      subject,
      time: "2026-11-23T09:00:00.000Z",
      datacontenttype: "application/json",
      dataschema: "https://ratchet.dev/schemas/ratchet.message.failed.v1.json",
      causationid: first.messageId,
      data: {
        service: "data-watcher",
        queue: "training-due",
        messageId: due.id,
        messageType: "ratchet.check-training-due.v1",
        messageSubject: "models/digits",
        attempts: 3,
        error: {
          name: "PermanentError",
          message: "no model named digits is applied",
          stack: "PermanentError: as thrown",
        },
      },
    });
    expect(trace?.split("-")[1]).toBe(traceparent.split("-")[1]);
    expect(trace).not.toBe(traceparent);
  });

  test("is stated once for one delivery, and anew for a replay of the message", async () => {
    await receive("training-due", first, failing(wrong));
    await receive("training-due", first, failing(wrong));
    await receive("training-due", { ...first, messageId: "a replay" }, failing(wrong));
    const [once, again, replayed] = stated().map(({ id }) => id);
    expect(again).toBe(once);
    expect(replayed).not.toBe(once);
  });

  test("says in letter and event the same words, cut to what a message can carry", async () => {
    const long = new PermanentError("m".repeat(5_000));
    await receive("training-due", first, failing(long));
    const written = sent()[0]?.message.applicationProperties ?? {};
    const [{ data }] = stated().map((event) => messageFailed.parse(event)) as [ReturnType<typeof messageFailed.parse>];
    expect(data.error).toEqual({
      name: written["ratchet-failure-name"],
      message: "m".repeat(2_048),
      stack: written["ratchet-failure-stack"],
    });
    expect(written["ratchet-failure-message"]).toBe(data.error.message);
  });

  test("of what is no message is one all the same, named by the broker's id", async () => {
    await receive("deploy-model", { body: { hello: "world" }, messageId: "stray", properties: {} }, []);
    expect(sent()).toMatchObject([
      {
        message: {
          messageId: `stray~${shortDigest({ from: "stray", step: "failed" })}`,
          body: { hello: "world" },
          contentType: "application/json",
          sessionId: "unknown",
          applicationProperties: { "ratchet-failure-name": "ContractError" },
        },
      },
    ]);
    expect(sent()[0]?.message).not.toHaveProperty("subject");
    expect(stated()).toMatchObject([
      {
        subject: "queues/deploy-model/messages/stray",
        data: { messageId: "stray", messageType: "unknown", messageSubject: "unknown", attempts: 1 },
      },
    ]);
    expect(logged).toMatchObject([{ level: "error", message: "failed for good after 1 attempt", messageId: "stray" }]);
  });

  test("is of a message that no route takes, and names those that are taken", async () => {
    await receive("training-due", first, [
      on(trainModel, async () => undefined),
      onEvent(["A.B"], async () => undefined),
    ]);
    expect(stated()).toMatchObject([
      {
        data: {
          error: {
            name: "ContractError",
            message:
              "messages of type ratchet.check-training-due.v1 are not for this queue; it takes ratchet.train-model.v1, A.B",
          },
        },
      },
    ]);
  });

  test("is refused on sight when it comes back, by its name: nothing is handled, sent or stated", async () => {
    await receive("training-due", first, failing(wrong));
    const letter = delivered(sent()[0]?.message ?? expect.fail("nothing was sent"));
    said.splice(0);
    const refused = receive("training-due", letter, [on(checkTrainingDue, () => expect.fail("was handled"))]);
    await expect(refused).rejects.toThrow(FailedMessageError);
    await expect(refused).rejects.toThrow(
      "on its way to the dead-letter queue of training-due: PermanentError: no model named digits is applied",
    );
    expect(said).toEqual([]);
  });

  test("is stated by nobody before its copy is sent", async () => {
    brokerFault = new Error("the broker is away");
    await expect(receive("training-due", first, failing(wrong))).rejects.toBe(brokerFault);
    expect(said).toEqual([]);
  });

  test("of a queue that records what the topic says is not stated: its letter carries the reason", async () => {
    const judged = modelJudged.build(modelJudged.example, occasion);
    const message = { body: judged, messageId: judged.id, properties: {} };
    await receive("run-ledger", message, [onEvent([modelJudged.type], () => Promise.reject(wrong))]);
    expect(stated()).toEqual([]);
    expect(sent()).toMatchObject([
      { message: { applicationProperties: { "ratchet-failure-name": "PermanentError" } } },
    ]);
  });
});

describe("a failure that the topic does not take", () => {
  const away = Object.assign(new Error("the topic is away"), { statusCode: 503 });
  const goesThroughTheQueue = async () => {
    topicFault = away;
    await receive("training-due", first, failing(wrong));
    const [letter, statement, ...others] = sent();
    expect(others).toEqual([]);
    return { letter, statement: statement?.message ?? expect.fail("the event is lost") };
  };
  const nobody = [on(checkTrainingDue, () => expect.fail("was handled"))];

  test("has its letter with the reason, and goes through the queue as the event that it is", async () => {
    const { letter, statement } = await goesThroughTheQueue();
    expect(letter?.message.applicationProperties).toMatchObject({ "ratchet-failure-name": "PermanentError" });
    const event = messageFailed.parse(statement.body);
    expect(event.data).toMatchObject({ messageId: due.id, error: { name: "PermanentError" } });
    expect(statement).toEqual({
      ...toMessage("training-due", event),
      applicationProperties: { "Diagnostic-Id": event.traceparent, "ratchet-to-state": true },
    });
    expect(statement.messageId).toBe(messageIdOf(event.type, event.subject, first.messageId));
    expect(logged.at(-1)).toMatchObject({
      level: "warn",
      message: "ratchet.message.failed.v1 cannot be stated now; it goes through the queue until it can",
      error: { message: "the topic is away" },
    });
  });

  test("is stated as it was when the topic takes it again", async () => {
    const { statement } = await goesThroughTheQueue();
    topicFault = undefined;
    await receive("training-due", delivered(statement), nobody);
    expect(stated()).toEqual([parseEnvelope(statement.body)]);
  });

  test("waits by the queue's schedule, and at its end is a letter that can be replayed, with no further event", async () => {
    let { statement } = await goesThroughTheQueue();
    const waits: (number | undefined)[] = [];
    for (let delivery = 0; delivery < 8; delivery += 1) {
      said.splice(0);
      await receive("training-due", delivered(statement), nobody);
      const [copy, ...others] = sent();
      expect(others).toEqual([]);
      statement = copy?.message ?? expect.fail("the event is lost");
      waits.push(copy?.notBefore && (copy.notBefore.getTime() - time.getTime()) / 1000);
      expect(statement.applicationProperties).toMatchObject({ "ratchet-to-state": true });
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, undefined]);
    expect(statement.applicationProperties).toMatchObject({
      "ratchet-failure-message": "the topic is away",
      "ratchet-attempt": 8,
    });
    await expect(receive("training-due", delivered(statement), nobody)).rejects.toThrow(FailedMessageError);
  });

  test("is stated by nobody but whoever could not: another event with its mark fails by name", async () => {
    const judged = modelJudged.build(modelJudged.example, occasion);
    const properties = { "ratchet-to-state": true };
    await receive("training-due", { body: judged, messageId: judged.id, properties }, nobody);
    expect(stated()).toEqual([]);
    expect(sent()).toMatchObject([{ message: { applicationProperties: { "ratchet-failure-name": "ContractError" } } }]);
  });
});

describe("a message that is handled", () => {
  test("is given with the time, its attempt, and an outbox that speaks because of it, in its trace", async () => {
    const handled: unknown[] = [];
    const ask: TrainModel["data"] = { model: "digits", batches: ["0".repeat(16)], reason: "data" };
    const route = on(checkTrainingDue, async ({ data }, { now, attempt, log, outbox }) => {
      const notBefore = new Date("2026-11-24T00:00:00Z");
      handled.push({ data, now, attempt, said: await outbox.send(trainModel, ask, { notBefore }) });
      log.info("asked");
    });
    const replay = { ...first, messageId: "a replay", properties: { ...first.properties, "ratchet-attempt": 4 } };
    await receive("training-due", replay, [route]);
    expect(handled).toMatchObject([
      {
        data: { model: "digits" },
        now: time,
        attempt: 4,
        said: { causationid: due.id, source: "/ratchet/data-watcher" },
      },
    ]);
    const [{ to, message, notBefore }] = sent() as [ReturnType<typeof sent>[number]];
    expect([to, notBefore]).toEqual(["train-model", new Date("2026-11-24T00:00:00Z")]);
    expect(message.messageId).toBe(messageIdOf("ratchet.train-model.v1", trainModel.subject(ask), due.id));
    const { traceparent: trace, time: at } = parseEnvelope(message.body);
    expect(trace?.split("-")[1]).toBe(traceparent.split("-")[1]);
    expect(at).toBe("2026-11-23T09:00:00.000Z");
    expect(logged).toEqual([
      {
        level: "info",
        message: "asked",
        service: "data-watcher",
        queue: "training-due",
        messageId: due.id,
        type: "ratchet.check-training-due.v1",
        attempt: 4,
        trace: traceparent.split("-")[1],
        model: "digits",
      },
    ]);
  });

  test("and carries no trace begins one that follows from its id", async () => {
    const { traceparent: _, ...untraced } = due;
    const route = on(checkTrainingDue, async (__, { outbox }) => {
      await outbox.send(trainModel, { model: "digits", batches: ["0".repeat(16)], reason: "data" });
    });
    await receive("training-due", { ...first, body: untraced }, [route]);
    const trace = parseEnvelope(sent()[0]?.message.body).traceparent;
    expect(trace?.split("-")[1]).toBe(traceOf(due.id).split("-")[1]);
  });

  test("is not, where it breaks its contract", async () => {
    const broken = { ...due, data: { model: "NOT A NAME" } };
    await receive("training-due", { ...first, body: broken }, [on(checkTrainingDue, () => expect.fail("was handled"))]);
    expect(stated()).toMatchObject([{ data: { error: { name: new ContractError("").name } } }]);
  });
});
