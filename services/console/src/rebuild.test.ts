import {
  dataAdmitted,
  type Envelope,
  type ModelView,
  modelPromoted,
  paths,
  trainingEnded,
  trainingStarted,
} from "@ratchet/contracts";
import { ConflictError, type DocumentStore } from "@ratchet/state";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Console } from "./console.ts";
import { recordEvent } from "./ledger.ts";
import { evolve, initial } from "./model-view.ts";
import { rebuildViews } from "./rebuild.ts";
import { readView } from "./stores.ts";

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
const started = trainingStarted.build(trainingStarted.example, at("2026-11-23T09:01:00Z", "b"));
const ended = trainingEnded.build(trainingEnded.example, at("2026-11-23T09:02:00Z", "c"));
const promoted = modelPromoted.build(modelPromoted.example, at("2026-11-23T09:03:00Z", "d"));
const ofWeather = dataAdmitted.build({ ...dataAdmitted.example, model: "weather" }, at("2026-11-23T09:04:00Z", "e"));

const viewOf = (model: string, ...events: readonly Envelope[]): ModelView => events.reduce(evolve, initial(model));

/** The same console, whose work on documents somebody comes in between, before each call. */
function interrupted(meanwhile: () => Promise<void>): Console {
  const { service } = world;
  const before =
    <Args extends readonly unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await meanwhile();
      return work(...args);
    };
  const documents = () => {
    const store = service.documents("ledger");
    const list: DocumentStore["list"] = async function* (prefix) {
      await meanwhile();
      yield* store.list(prefix);
    };
    return { ...store, list, read: before(store.read), write: before(store.write) };
  };
  return { stores: { ...service, documents } as Console["stores"] };
}

describe("a rebuild", () => {
  test.each(["there", "gone"])(
    "loses nothing that is recorded meanwhile, whenever that is, of a view that is %s",
    async (is) => {
      const all = [admitted, started, ended, promoted];
      let moments = 0;
      for (let calls = 0; calls >= moments; ) {
        await world.reset();
        for (const event of [admitted, promoted]) await recordEvent(console, event);
        if (is === "gone") await world.container("ledger").deleteBlob(paths.modelView("digits"));
        moments += 1;
        calls = 0;
        const meanwhile = async () => {
          calls += 1;
          if (calls === moments) for (const event of [started, ended, ofWeather]) await recordEvent(console, event);
        };
        await rebuildViews(interrupted(meanwhile));
        if (calls < moments) break;
        expect(await readView(world.service, "digits"), `at call ${moments}`).toEqual(viewOf("digits", ...all));
        expect(await readView(world.service, "weather"), `at call ${moments}`).toEqual(viewOf("weather", ofWeather));
      }
      // Before the listing, each of the two events, and the view; there was no fifth.
      expect(moments).toBe(5);
    },
  );

  test("takes up in its next rounds only what has come in meanwhile", async () => {
    for (const event of [admitted, ofWeather]) await recordEvent(console, event);
    const reads: string[] = [];
    let writes = 0;
    const watched = interrupted(async () => undefined);
    const stores = {
      ...watched.stores,
      documents: () => {
        const store = watched.stores.documents("ledger");
        const read: DocumentStore["read"] = (path, kind) => {
          reads.push(path);
          return store.read(path, kind);
        };
        const write: DocumentStore["write"] = async (...args) => {
          writes += 1;
          if (writes === 1) await recordEvent(console, started);
          return store.write(...args);
        };
        return { ...store, read, write };
      },
    } as Console["stores"];
    expect(await rebuildViews({ stores })).toBe(3);
    expect(reads).toEqual([admitted.id, ofWeather.id, started.id].map((id) => expect.stringContaining(id)));
    // Both views, and the one of them that was told something meanwhile.
    expect(writes).toBe(3);
    expect(await readView(world.service, "digits")).toEqual(viewOf("digits", admitted, started));
  });

  test("gives up where a model is told something each time, and leaves its view as it was told", async () => {
    let count = 0;
    const told: Envelope[] = [admitted];
    await recordEvent(console, admitted);
    const busy = interrupted(async () => undefined);
    const stores = {
      ...busy.stores,
      documents: () => {
        const store = busy.stores.documents("ledger");
        const write: DocumentStore["write"] = async (...args) => {
          count += 1;
          const batch = String(count).padStart(16, "0");
          const event = dataAdmitted.build({ ...dataAdmitted.example, batch }, at("2026-11-23T10:00:00Z", batch));
          told.push(event);
          await recordEvent(console, event);
          return store.write(...args);
        };
        return { ...store, write };
      },
    } as Console["stores"];
    await expect(rebuildViews({ stores })).rejects.toThrow(ConflictError);
    expect(count).toBe(20);
    expect(await readView(world.service, "digits")).toEqual(viewOf("digits", ...told));
  });

  test("mends a view, whatever has become of it", async () => {
    for (const event of [admitted, started, ofWeather]) await recordEvent(console, event);
    await world.put("ledger", paths.modelView("digits"), "{ this is no JSON");
    await world.container("ledger").deleteBlob(paths.modelView("weather"));
    expect(await rebuildViews(console)).toBe(3);
    expect(await readView(world.service, "digits")).toEqual(viewOf("digits", admitted, started));
    expect(await readView(world.service, "weather")).toEqual(viewOf("weather", ofWeather));
  });
});
