import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Envelope, LetterAction, QueueName } from "@ratchet/contracts";
import { trainModel } from "@ratchet/contracts";
import { receiveMessage } from "@ratchet/messaging";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readAudit } from "../audit.ts";
import { editLetter } from "../letters/edit.ts";
import { fits, type LetterFilter, sayFilter } from "../letters/filter.ts";
import type { Letter } from "../letters/letter.ts";
import { listArchive } from "../sources/archive.ts";
import { listLetters } from "../sources/sources.ts";
import type { Surroundings } from "../surroundings.ts";
import { type Ground, startGround } from "../testing/ground.ts";
import { type AskedOperation, askForOperation, cancelOperation, readOperation, WrongRequestError } from "./ask.ts";
import { workOn } from "./work-on.ts";

const queue = "training-due";
const other = "train-model";

let world: World<"console">;
let ground: Ground;
beforeAll(async () => {
  world = await startWorld("console");
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  ground = await startGround(world, [queue, other]);
});
afterEach(() => ground[Symbol.asyncDispose]());

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const bodiesOf = (letters: readonly Letter[]) => letters.map(({ body }) => body);
const lettersOf = (place: QueueName | "event-grid") => listLetters(ground.surroundings, place);

async function ask(
  action: LetterAction,
  filter: LetterFilter = {},
  more: Partial<AskedOperation> = {},
  surroundings: Surroundings = ground.surroundings,
) {
  const letters = (await lettersOf(filter.place === "event-grid" ? "event-grid" : queue)).filter(fits(filter));
  const asked = { action, letters, selected: sayFilter(filter), reason: "it is mended", ...more };
  return askForOperation(surroundings, asked);
}

describe("a replay", () => {
  test("sends the set that was fixed, and nothing that came later; asked and outcome are in the audit", async () => {
    await ground.deadLetter(queue, numbers(30));
    const { id } = await ask("replay", { ids: (await lettersOf(queue)).slice(0, 20).map((letter) => letter.id) });
    await ground.deadLetter(queue, ["later"]);
    const done = await workOn(ground.surroundings, id, { atOnce: 7 });
    expect(done).toMatchObject({ state: "done", total: 20, done: 20, gone: 0, held: 0, unsure: [] });
    expect(await ground.drain(queue)).toEqual(numbers(20));
    expect(bodiesOf(await lettersOf(queue))).toEqual([...numbers(30).slice(20), "later"]);
    expect(await readAudit(ground.surroundings.documents)).toMatchObject([
      { action: "replay", by: "ada", reason: "it is mended", outcome: "20 of 20", id },
      { action: "replay", by: "ada", about: "20 dead letters: 20 chosen", outcome: "asked", id },
    ]);
  });

  test("whose process is killed goes on elsewhere: nothing is lost, and nothing comes twice", async () => {
    const count = 600;
    await ground.deadLetter(queue, numbers(count));
    const { id } = await ask("replay", {}, { rate: 400 });
    const { azure } = ground.world;
    const child = fork(
      join(import.meta.dirname, "../testing/work-process.ts"),
      [id, ground.connectionString, azure.blobEndpoint, azure.authority.caCertificatePath],
      { execArgv: ["--disable-warning=ExperimentalWarning"] },
    );
    const gone = once(child, "exit");
    child.on("message", (done: number) => {
      if (done >= 200) child.kill("SIGKILL");
    });
    expect(await gone).toEqual([null, "SIGKILL"]);
    const half = await readOperation(ground.surroundings, id);
    expect(half).toMatchObject({ state: "running", worker: { name: `killed/${child.pid}` } });
    expect(half?.done).toBeLessThan(count);
    // Once its lease is over, and the locks of the killed process.
    const clock = () => new Date(Date.now() + 2_000);
    const done = await workOn(ground.as({ clock }), id);
    expect(done).toMatchObject({ state: "done", done: count, gone: 0, held: 0, unsure: [] });
    const received = await ground.drain(queue);
    expect(received).toHaveLength(count);
    expect(new Set(received)).toEqual(new Set(numbers(count)));
    expect(await lettersOf(queue)).toEqual([]);
  });

  test("that stops after it has sent and before it has let go sends nothing twice", async () => {
    await ground.deadLetter(queue, numbers(10));
    const { id } = await ask("replay");
    await expect(workOn(breaksOffAfterSending(), id)).rejects.toThrow("the process ends here");
    expect(await readOperation(ground.surroundings, id)).toMatchObject({
      state: "running",
      done: 0,
      trouble: "the process ends here",
    });
    expect(await workOn(ground.surroundings, id)).toMatchObject({ state: "done", done: 10 });
    expect(await ground.drain(queue)).toEqual(numbers(10));
    expect(await lettersOf(queue)).toEqual([]);
  });

  test("that goes on when the queue has forgotten what was sent leaves those letters and names them", async () => {
    await ground.deadLetter(queue, numbers(3));
    const { id } = await ask("replay");
    await expect(workOn(breaksOffAfterSending(), id)).rejects.toThrow("the process ends here");
    const aDayLater = () => new Date(Date.now() + 24 * 3_600_000);
    const letters = await lettersOf(queue);
    expect(await workOn(ground.as({ clock: aDayLater }), id)).toMatchObject({
      state: "done",
      done: 0,
      unsure: letters.map((letter) => letter.id),
    });
    expect(await lettersOf(queue)).toEqual(letters);
  });

  test("is worked on by one at a time, and by another once that one has been silent for too long", async () => {
    await ground.deadLetter(queue, numbers(4));
    const { id } = await ask("replay", {}, { rate: 1 });
    const ends = new AbortController();
    const first = workOn(ground.surroundings, id, {
      signal: ends.signal,
      onProgress: ({ done }) => done > 0 && ends.abort(),
    });
    await expect(workOn(ground.as({ worker: "another" }), id)).resolves.toMatchObject({ done: expect.any(Number) });
    expect(await first).toMatchObject({ state: "running", done: 1, trouble: "its worker was stopped" });
    expect(await workOn(ground.as({ worker: "another" }), id)).toMatchObject({ state: "done", done: 4 });
    expect(await ground.drain(queue)).toEqual(numbers(4));
  });

  test("that is cancelled finishes what it has in hand and leaves the others", async () => {
    await ground.deadLetter(queue, numbers(20));
    const { id } = await ask("replay");
    let cancelled: Promise<unknown> | undefined;
    const done = await workOn(ground.surroundings, id, {
      atOnce: 5,
      onProgress: (operation) => {
        if (operation.done > 0) cancelled ??= cancelOperation(ground.as({ by: "grace" }), id);
      },
    });
    await cancelled;
    expect(done).toMatchObject({ state: "cancelled", cancelledBy: "grace" });
    const sent = await ground.drain(queue);
    expect(sent.length).toBe(done.done);
    expect(sent.length).toBeLessThan(20);
    expect(bodiesOf(await lettersOf(queue))).toEqual(numbers(20).slice(sent.length));
  });

  test("that nobody works on is over at once when it is cancelled", async () => {
    await ground.deadLetter(queue, ["one"]);
    const { id } = await ask("replay");
    expect(await cancelOperation(ground.surroundings, id)).toMatchObject({ state: "cancelled", cancelledBy: "ada" });
    expect(await workOn(ground.surroundings, id)).toMatchObject({ state: "cancelled", done: 0 });
    expect(await lettersOf(queue)).toHaveLength(1);
  });

  test("counts as gone what somebody else took meanwhile", async () => {
    await ground.deadLetter(queue, ["one", "two"]);
    const [one] = await lettersOf(queue);
    const { id } = await ask("replay");
    const mine = await ask("purge", { ids: [one?.id ?? ""] }, { confirmation: "purge 1" });
    await workOn(ground.surroundings, mine.id);
    expect(await workOn(ground.surroundings, id)).toMatchObject({ state: "done", done: 1, gone: 1 });
    expect(await ground.drain(queue)).toEqual(["two"]);
  });

  test("of letters that somebody else holds waits for them, and leaves them in the end", async () => {
    await ground.deadLetter(queue, ["held"]);
    const holder = ground.client.createReceiver(queue, { subQueueType: "deadLetter" });
    const [held] = await holder.receiveMessages(1);
    const { id } = await ask("replay");
    const left = await workOn(ground.surroundings, id, { heldForMs: -1 });
    expect(left).toMatchObject({ state: "done", done: 0, held: 1 });
    if (held) await holder.abandonMessage(held);
    const again = await ask("replay");
    expect(await workOn(ground.surroundings, again.id)).toMatchObject({ done: 1, held: 0 });
  });

  test("keeps to its rate", async () => {
    await ground.deadLetter(queue, numbers(9));
    const { id } = await ask("replay", {}, { rate: 3 });
    const waits: number[] = [];
    const now = new Date();
    const pause = async (milliseconds: number) => void waits.push(milliseconds);
    await workOn(ground.as({ clock: () => now, pause }), id);
    expect(waits).toEqual([1_000, 2_000, 3_000]);
  });

  /** An operator whose process ends between sending and letting go. */
  function breaksOffAfterSending(): Surroundings {
    const client = Object.create(ground.client, {
      createReceiver: {
        value: (...given: Parameters<typeof ground.client.createReceiver>) => {
          const receiver = ground.client.createReceiver(...given);
          receiver.completeMessage = () => Promise.reject(new Error("the process ends here"));
          return receiver;
        },
      },
    });
    return ground.as({ client: () => client });
  }
});

describe("other operations", () => {
  test("send letters to another queue", async () => {
    await ground.deadLetter(queue, ["one"]);
    const { id } = await ask("send-elsewhere", {}, { to: other });
    expect(await workOn(ground.surroundings, id)).toMatchObject({ state: "done", done: 1, to: other });
    expect(await ground.drain(other)).toEqual(["one"]);
  });

  test("archive letters with the reason; restored, they are dead letters again with all that was known of them", async () => {
    await ground.deadLetter(queue, ["one"], { mine: "kept", "ratchet-replays": "2" });
    const [before] = await lettersOf(queue);
    const archive = await ask("archive");
    await workOn(ground.surroundings, archive.id);
    expect(await lettersOf(queue)).toEqual([]);
    const kept = await listArchive(ground.surroundings.documents);
    expect(kept).toMatchObject([
      { letter: { id: before?.id, body: "one" }, by: "ada", reason: "it is mended", operation: archive.id },
    ]);
    const letters = kept.map(({ letter }) => letter);
    const restore = await askForOperation(ground.surroundings, {
      action: "restore",
      letters,
      selected: "all",
      reason: "it was not over",
    });
    expect(await workOn(ground.surroundings, restore.id)).toMatchObject({ state: "done", done: 1 });
    expect(await listArchive(ground.surroundings.documents)).toEqual([]);
    await refuseAll();
    expect(await lettersOf(queue)).toMatchObject([
      { body: "one", replays: 2, properties: { mine: "kept" }, failure: { service: "data-watcher" } },
    ]);
  });

  test("purge letters for good, and only once the number is typed", async () => {
    await ground.deadLetter(queue, ["one", "two"]);
    await expect(ask("purge", {}, { confirmation: "purge 1" })).rejects.toThrow(
      "purged letters are gone for good: type `purge 2` to confirm",
    );
    const { id } = await ask("purge", {}, { confirmation: "purge 2" });
    expect(await workOn(ground.surroundings, id)).toMatchObject({ state: "done", done: 2 });
    expect([...(await lettersOf(queue)), ...(await ground.drain(queue))]).toEqual([]);
  });

  test("edit a letter: another message takes its place, and the original is kept and linked", async () => {
    const event = trainModel.build(
      { ...trainModel.example, model: "digits" },
      {
        source: "data-watcher",
        time: new Date("2026-11-23T09:00:00Z"),
        cause: "a drop",
      },
    );
    await ground.deadLetter(queue, [event]);
    const [letter] = await lettersOf(queue);
    if (!letter) throw new Error("no letter");
    const edited = editLetter(letter, { ...trainModel.example, model: "digits", reason: "request" });
    const { id } = await ask("edit", {}, { edited });
    expect(await workOn(ground.surroundings, id)).toMatchObject({ state: "done", done: 1 });
    const [sent] = (await ground.drain(queue)) as readonly Envelope[];
    expect(sent).toEqual({ ...event, ...edited, causationid: event.id });
    expect(await listArchive(ground.surroundings.documents)).toMatchObject([
      { letter: { event: { id: event.id } }, editedInto: edited.id },
    ]);
  });

  test("are refused without a reason, without letters, or where there is nowhere to send to", async () => {
    await expect(ask("replay")).rejects.toThrow("no dead letter fits");
    await ground.deadLetter(queue, ["one"]);
    await expect(ask("replay", {}, { reason: " " })).rejects.toThrow(WrongRequestError);
    await expect(ask("send-elsewhere")).rejects.toThrow("say to which queue");
    await expect(ask("replay", {}, { rate: 0 })).rejects.toThrow("more than 0");
    await expect(ask("replay", {}, { to: other })).rejects.toThrow("takes no other queue");
  });

  /** What the service does that receives from the queue: it refuses what carries a failure, until the broker gives up. */
  async function refuseAll(): Promise<void> {
    const receiver = ground.client.createReceiver(queue);
    for (;;) {
      const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 300 });
      if (!message) break;
      const properties = message.applicationProperties ?? {};
      const incoming = { body: message.body, messageId: String(message.messageId), properties };
      const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
      const fail = () => expect.fail("it was refused, and nothing was said");
      const nowhere = { send: fail, publish: fail, close: async () => undefined };
      const reception = { service: "data-watcher", queue, routes: [], messages: nowhere, events: nowhere } as const;
      await expect(receiveMessage({ ...reception, clock: () => new Date() }, incoming, silent)).rejects.toThrow(
        "on its way to the dead-letter queue",
      );
      await receiver.abandonMessage(message);
    }
    await receiver.close();
  }
});

describe("what Event Grid could not deliver", () => {
  const event = {
    specversion: "1.0",
    id: "831e1650-001e-001b-66ab-eeb76e069631",
    source: "/subscriptions/s/storageAccounts/data",
    type: "Microsoft.Storage.BlobCreated",
    subject: "/blobServices/default/containers/outputs/blobs/digits-0f1e2d3c4b5a6978/done/_DONE.json",
    time: "2026-11-23T09:00:00.000Z",
    data: { api: "PutBlob" },
  };
  const story = {
    deadletterreason: "MaxDeliveryAttemptsExceeded",
    deliveryattempts: 30,
    lastdeliveryoutcome: "Unauthorized",
    lasthttpstatuscode: 401,
    publishtime: "2026-11-23T09:00:01.000Z",
    lastdeliveryattempttime: "2026-11-24T09:00:00.000Z",
  };
  const put = (path: string, ...events: readonly object[]) =>
    ground.world.put("event-dead-letters", path, JSON.stringify(events.map((one) => ({ ...one, ...story }))));

  test("is listed with its story, and replayed into the queue that it was for", async () => {
    await put("DATA-DROPPED-X/2026/11/24/9/nobody.json", { ...event, id: "for a webhook" });
    await put("TRAINING/RUN-DONE/2026/11/24/9/a.json", event, { ...event, id: "second" });
    const letters = await lettersOf("event-grid");
    expect(letters.map(({ message, queue: to, since }) => ({ message, to, since }))).toEqual(
      expect.arrayContaining([
        { message: "for a webhook", to: undefined, since: story.lastdeliveryattempttime },
        { message: event.id, to: "training-ended", since: story.lastdeliveryattempttime },
      ]),
    );
    expect(letters.find(({ message }) => message === event.id)).toMatchObject({
      event,
      brokerReason: "MaxDeliveryAttemptsExceeded",
      brokerDescription: "Unauthorized 401, 30 attempts to reach the queue training-ended",
    });
    await expect(ask("replay", { place: "event-grid" })).rejects.toThrow("was for a webhook and not for a queue");
    const second = letters.find(({ message }) => message === "second");
    const { id } = await ask("send-elsewhere", { place: "event-grid", ids: [second?.id ?? ""] }, { to: other });
    expect(await workOn(ground.surroundings, id)).toMatchObject({ state: "done", done: 1 });
    expect(await ground.drain(other)).toEqual([{ ...event, id: "second" }]);
    expect((await lettersOf("event-grid")).map(({ message }) => message).sort()).toEqual([event.id, "for a webhook"]);
    const rest = await ask("archive", { place: "event-grid" });
    expect(await workOn(ground.surroundings, rest.id)).toMatchObject({ state: "done", done: 2 });
    expect(await ground.world.pathsOf("event-dead-letters")).toEqual([]);
  });
});
