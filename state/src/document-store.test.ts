import type { ContainerClient } from "@azure/storage-blob";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { azureBlobs } from "./azure-blobs.ts";
import { ConflictError } from "./blobs.ts";
import { claimPeriod } from "./claim-period.ts";
import { CorruptDocumentError } from "./corrupt-document.ts";
import type { Decider } from "./decider.ts";
import { documentStore } from "./document-store.ts";
import type { Kind } from "./kind.ts";
import { openIndex } from "./open-index.ts";
import { startContainer } from "./testing/container.ts";

interface Count {
  readonly count: number;
}

const counts: Kind<Count> = {
  parse(json) {
    if (typeof json === "object" && json !== null && "count" in json && typeof json.count === "number")
      return { count: json.count };
    throw new TypeError("count is missing");
  },
  toJson: ({ count }) => ({ format: 1, count }),
};

describe("documents in blob storage", () => {
  let started: Awaited<ReturnType<typeof startContainer>>;
  let container: ContainerClient;

  beforeAll(async () => {
    started = await startContainer();
    container = started.container;
  });
  afterAll(() => started[Symbol.asyncDispose]());

  const store = () => documentStore(azureBlobs(container));

  test("are undefined where there are none", async () => {
    expect(await store().read("nothing.json", counts)).toBeUndefined();
  });

  test("are created once: who comes second is told so", async () => {
    await store().write("once.json", counts, { count: 1 }, "absent");
    await expect(store().write("once.json", counts, { count: 2 }, "absent")).rejects.toThrow(ConflictError);
    expect((await store().read("once.json", counts))?.value).toEqual({ count: 1 });
  });

  test("are written over only in the version that was read", async () => {
    const first = await store().write("swap.json", counts, { count: 1 }, "absent");
    const second = await store().write("swap.json", counts, { count: 2 }, first);
    await expect(store().write("swap.json", counts, { count: 3 }, first)).rejects.toThrow(
      /state\/swap\.json was changed/,
    );
    expect(await store().read("swap.json", counts)).toEqual({ value: { count: 2 }, etag: second });
  });

  test("lose no update of many writers at once", async () => {
    const writers = Array.from({ length: 8 }, async () =>
      store().update("counter.json", counts, (current) => ({ count: (current?.count ?? 0) + 1 })),
    );
    await Promise.all(writers);
    expect((await store().read("counter.json", counts))?.value).toEqual({ count: 8 });
  });

  test("stay as they are where a change says so", async () => {
    const etag = await store().write("same.json", counts, { count: 5 }, "any");
    expect(await store().update("same.json", counts, () => undefined)).toEqual({ count: 5 });
    expect((await store().read("same.json", counts))?.etag).toBe(etag);
  });

  test("that are not what they should be are named, with what to do", async () => {
    await container.getBlockBlobClient("broken.json").upload("{", 1);
    await container.getBlockBlobClient("foreign.json").upload('{"other":true}', 14);
    await expect(store().read("broken.json", counts)).rejects.toThrow(CorruptDocumentError);
    await expect(store().read("foreign.json", counts)).rejects.toThrow(
      /state\/foreign\.json cannot be read: count is missing\. Mend it or delete it/,
    );
  });

  test("are listed by prefix, in order", async () => {
    for (const path of ["list/b.json", "list/a.json", "other.json"])
      await store().write(path, counts, { count: 0 }, "any");
    const paths: string[] = [];
    for await (const path of store().list("list/")) paths.push(path);
    expect(paths).toEqual(["list/a.json", "list/b.json"]);
  });

  test("are written as their kind has it", async () => {
    await store().write("kind.json", counts, { count: 1 }, "any");
    const bytes = await container.getBlobClient("kind.json").downloadToBuffer();
    expect(JSON.parse(bytes.toString())).toEqual({ format: 1, count: 1 });
  });

  describe("that a decider moves", () => {
    const counter: Decider<Count, "up" | "rest" | "overflow", "counted"> = {
      initial: { count: 0 },
      decide({ count }, command) {
        if (command === "overflow") throw new RangeError(`there is nothing above ${count}`);
        return command === "up" ? ["counted"] : [];
      },
      evolve: ({ count }) => ({ count: count + 1 }),
    };
    const move = (path: string, command: "up" | "rest" | "overflow") => store().move(path, counts, counter, command);

    test("begin at its initial state, and tell what happened", async () => {
      expect(await move("begun.json", "up")).toEqual({
        before: { count: 0 },
        events: ["counted"],
        after: { count: 1 },
      });
      expect((await store().read("begun.json", counts))?.value).toEqual({ count: 1 });
    });

    test("are not written where nothing happens, or where it refuses", async () => {
      expect(await move("untouched.json", "rest")).toMatchObject({ events: [], after: { count: 0 } });
      await expect(move("untouched.json", "overflow")).rejects.toThrow(RangeError);
      expect(await store().read("untouched.json", counts)).toBeUndefined();
    });

    test("decide anew for everybody who lost the race", async () => {
      await Promise.all(Array.from({ length: 8 }, () => move("raced.json", "up")));
      expect((await store().read("raced.json", counts))?.value).toEqual({ count: 8 });
    });
  });

  describe("changed by somebody else between reading and writing", () => {
    /** A container in which somebody acts once, after the first read. */
    const metBetween = (meanwhile: () => Promise<unknown>) => {
      const blobs = azureBlobs(container);
      let met = false;
      return documentStore({
        ...blobs,
        async read(path) {
          const stored = await blobs.read(path);
          if (!met) {
            met = true;
            await meanwhile();
          }
          return stored;
        },
      });
    };

    test.each([
      ["written", { count: 1 }, { count: 10 }],
      ["created", undefined, { count: 10 }],
    ])("where it was %s, are read anew, and nothing of either change is lost", async (what, before, meanwhile) => {
      const path = `between-${what}.json`;
      if (before) await store().write(path, counts, before, "absent");
      const seen: (number | undefined)[] = [];
      await metBetween(() => store().write(path, counts, meanwhile, "any")).update(path, counts, (current) => {
        seen.push(current?.count);
        return { count: (current?.count ?? 0) + 1 };
      });
      expect(seen).toEqual([before?.count, 10]);
      expect((await store().read(path, counts))?.value).toEqual({ count: 11 });
    });

    test("where it was removed, are decided anew from nothing", async () => {
      const path = "between-removed.json";
      await store().write(path, counts, { count: 5 }, "absent");
      const met = metBetween(() => azureBlobs(container).remove(path));
      await met.update(path, counts, (current) => ({ count: (current?.count ?? 0) + 1 }));
      expect((await store().read(path, counts))?.value).toEqual({ count: 1 });
    });
  });

  test("given up while they are written are not there, and hold up nobody", async () => {
    const blobs = azureBlobs(container);
    const writer = blobs.writer("given-up.csv", { contentType: "text/csv" });
    await writer.write("half a line");
    await writer.abandon();
    expect(await blobs.find("given-up.csv")).toBeUndefined();
  });

  test("give a period to one of many who claim it, and the next one again", async () => {
    const claim = (now: string) => claimPeriod(store(), "drops", 60_000, new Date(now));
    const claims = await Promise.all(Array.from({ length: 5 }, () => claim("2026-11-23T09:05:30.000Z")));
    const given = claims.filter((period) => period !== undefined);
    expect(given).toEqual([new Date("2026-11-23T09:05:00.000Z")]);
    expect(await claim("2026-11-23T09:06:00.000Z")).toEqual(new Date("2026-11-23T09:06:00.000Z"));
    // A clock that is behind claims nothing that is over.
    expect(await claim("2026-11-23T09:05:59.000Z")).toBeUndefined();
  });

  test("that are open are marked, and a mark that was set anew meanwhile is not taken away", async () => {
    const index = openIndex(azureBlobs(container), "trainings");
    await index.mark("digits");
    await index.mark("weather");
    const [digits, weather] = await Array.fromAsync(index.marks());
    expect([digits?.key, weather?.key]).toEqual(["digits", "weather"]);
    await index.mark("weather");
    await digits?.unmark();
    await weather?.unmark();
    expect((await Array.fromAsync(index.marks())).map(({ key }) => key)).toEqual(["weather"]);
    await index.unmark("weather");
    await index.unmark("weather");
    expect(await Array.fromAsync(index.marks())).toEqual([]);
  });
});
