import {
  admission,
  dataAdmitted,
  type Envelope,
  keptEnvelope,
  messageFailed,
  modelPromoted,
  paths,
  trainingStarted,
} from "@ratchet/contracts";
import type { DocumentStore } from "@ratchet/state";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { answerEvents, answerModel, answerRebuild, answerStatus } from "./answers.ts";
import type { Console } from "./console.ts";
import { recordEvent } from "./ledger.ts";

let world: World<"console">;
let console: Console;
beforeAll(async () => {
  world = await startWorld("console");
  console = { stores: world.service };
});
afterEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const at = (time: string, cause: string) => ({ source: "test", time: new Date(time), cause });
const admitted = dataAdmitted.build(dataAdmitted.example, at("2026-11-23T09:00:00Z", "a"));
const started = trainingStarted.build(trainingStarted.example, at("2026-11-23T23:59:59Z", "b"));
const promoted = modelPromoted.build(modelPromoted.example, at("2026-11-24T00:00:01Z", "c"));
const failed = messageFailed.build(messageFailed.example, at("2026-11-24T00:00:02Z", "d"));

async function record(...events: readonly Envelope[]): Promise<void> {
  for (const event of events) await recordEvent(console, event);
}
const viewPath = paths.modelView("digits");

describe("the record", () => {
  test("keeps every event as it came, by day and time, and a view of each model", async () => {
    await record(promoted, admitted, started, failed);
    expect(await world.pathsOf("ledger")).toEqual([
      `events/2026-11-23/${admitted.time}-${admitted.id}.json`,
      `events/2026-11-23/${started.time}-${started.id}.json`,
      `events/2026-11-24/${promoted.time}-${promoted.id}.json`,
      `events/2026-11-24/${failed.time}-${failed.id}.json`,
      viewPath,
    ]);
    const [path = ""] = await world.pathsOf("ledger");
    expect((await world.documents("ledger").read(path, keptEnvelope))?.value).toEqual(admitted);
  });

  test("has an event before its view tells of it, whenever the process ends", async () => {
    const ending = (at: number): Console => {
      let writes = 0;
      const documents = () => {
        const store = world.service.documents("ledger");
        const end = async () => {
          writes += 1;
          if (writes === at) throw new Error("the process ends here");
        };
        const write: typeof store.write = async (...args) => end().then(() => store.write(...args));
        const move: typeof store.move = async (...args) => end().then(() => store.move(...args));
        return { ...store, write, move };
      };
      return { stores: { ...world.service, documents } as Console["stores"] };
    };
    await expect(recordEvent(ending(1), admitted)).rejects.toThrow("the process ends here");
    expect(await world.pathsOf("ledger")).toEqual([]);
    await expect(recordEvent(ending(2), admitted)).rejects.toThrow("the process ends here");
    expect(await world.pathsOf("ledger")).toEqual([`events/2026-11-23/${admitted.time}-${admitted.id}.json`]);
    await record(admitted);
    expect(await answerModel(console, "digits")).toMatchObject({
      jsonBody: { history: { batches: { [dataAdmitted.example.batch]: {} } } },
    });
  });

  test("is the same when an event is recorded again", async () => {
    await record(admitted, started);
    const [before, files] = [await world.textOf("ledger", viewPath), await world.pathsOf("ledger")];
    await record(started, admitted);
    expect(JSON.parse(await world.textOf("ledger", viewPath))).toEqual(JSON.parse(before));
    expect(await world.pathsOf("ledger")).toEqual(files);
  });

  test("keeps events of types that it has never heard of as they are; no view tells of them", async () => {
    const later = { ...promoted, id: "later", type: "ratchet.model.retired.v1", data: { model: "digits", why: "old" } };
    await record(later, admitted);
    const view = await world.textOf("ledger", viewPath);
    await record({ ...later, id: "more" });
    const path = `events/2026-11-24/${later.time}-later.json`;
    expect((await world.documents("ledger").read(path, keptEnvelope))?.value).toEqual(later);
    expect(await world.textOf("ledger", viewPath)).toBe(view);
    expect(await answerEvents(console, "2026-11-24")).toMatchObject({
      jsonBody: { events: [later, { id: "more" }] },
    });
    expect(await answerRebuild(console)).toEqual({ jsonBody: { events: 3 } });
    expect(await world.textOf("ledger", viewPath)).toBe(view);
  });

  test("has no view of a model that only such events name", async () => {
    await record({ ...promoted, type: "ratchet.model.retired.v1", data: { model: "weather" } });
    expect(await answerRebuild(console)).toEqual({ jsonBody: { events: 1 } });
    expect(await answerStatus(console)).toEqual({ jsonBody: { models: [] } });
  });

  test("makes views anew, whatever has become of them", async () => {
    await record(admitted, started, promoted);
    const before = JSON.parse(await world.textOf("ledger", viewPath));
    await world.container("ledger").deleteBlob(viewPath);
    expect(await answerRebuild(console)).toEqual({ jsonBody: { events: 3 } });
    expect(JSON.parse(await world.textOf("ledger", viewPath))).toEqual(before);
  });
});

describe("whoever asks", () => {
  test("gets all models at a glance", async () => {
    expect(await answerStatus(console)).toEqual({ jsonBody: { models: [] } });
    await record(admitted, started, promoted);
    const log = world.documents("batches").log(paths.admissionLog("digits"), admission);
    const { file, rows } = dataAdmitted.example;
    const at = admitted.time;
    await log.append({ kind: "admitted", batch: "0000000000000001", file, at, drop: "d1", rows });
    await log.append({ kind: "admitted", batch: "0000000000000002", file, at, drop: "d2", rows });
    await log.append({ kind: "withdrawn", batch: "0000000000000002", at, reason: "labels are shifted", cause: "c" });
    await log.append({ kind: "quarantined", batch: "0000000000000003", file, at, drop: "d3", rows });
    expect(await answerStatus(console)).toMatchObject({
      jsonBody: {
        models: [
          {
            model: "digits",
            champion: { version: modelPromoted.example.version, since: promoted.time },
            batches: 1,
            rows,
            withdrawn: 1,
            quarantined: 1,
            running: [trainingStarted.example.runId],
            lastVerdict: null,
            refusals: 0,
          },
        ],
      },
    });
  });

  test("gets one model with its history, or is told that there is none", async () => {
    await record(admitted);
    expect(await answerModel(console, "digits")).toMatchObject({
      jsonBody: { model: "digits", champion: null, history: { batches: { [dataAdmitted.example.batch]: {} } } },
    });
    expect(await answerModel(console, "weather")).toEqual({
      status: 404,
      jsonBody: { error: { code: "unknown-model", message: "no event has named a model weather" } },
    });
  });

  test("gets the events of a day in their order, and only of a day", async () => {
    await record(started, admitted, promoted);
    expect(await answerEvents(console, "2026-11-23")).toEqual({ jsonBody: { events: [admitted, started] } });
    expect(await answerEvents(console, "2026-11-25")).toEqual({ jsonBody: { events: [] } });
    expect(await answerEvents(console, "yesterday")).toEqual({
      status: 400,
      jsonBody: { error: { code: "invalid-day", message: "yesterday is not a day such as 2026-11-23" } },
    });
  });

  test("waits for no read before the next begins", async () => {
    const ofWeather = dataAdmitted.build(
      { ...dataAdmitted.example, model: "weather" },
      at("2026-11-23T09:04:00Z", "e"),
    );
    await record(admitted, started, ofWeather);
    /** The same console; its reads are answered when so many have begun. */
    const answeredAfter = (reads: number): Console => {
      const { service } = world;
      const store = service.documents("ledger");
      const begun = Promise.withResolvers<void>();
      let left = reads;
      const read: DocumentStore["read"] = async (...args) => {
        left -= 1;
        if (left === 0) begun.resolve();
        await begun.promise;
        return store.read(...args);
      };
      return { stores: { ...service, documents: () => ({ ...store, read }) } as Console["stores"] };
    };
    expect(await answerEvents(answeredAfter(3), "2026-11-23")).toEqual(await answerEvents(console, "2026-11-23"));
    expect(await answerStatus(answeredAfter(2))).toEqual(await answerStatus(console));
  });
});
