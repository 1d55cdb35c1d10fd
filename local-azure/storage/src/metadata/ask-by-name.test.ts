import { createRequire } from "node:module";
import { beforeEach, describe, expect, test } from "vitest";
import type { LokiCollection, LokiDocument, LokiStore } from "../azurite.ts";
import { askByName } from "./ask-by-name.ts";

/** A collection as Azurite has it for its blobs. */
interface Blobs extends LokiCollection {
  insert(document: object): void;
  findOne(query: object): LokiDocument | null;
  findAndRemove(query: object): void;
  count(query?: object): number;
}

const fromAzurite = createRequire(createRequire(import.meta.url).resolve("azurite/dist/src/blob/BlobServer"));
const Loki = fromAzurite("lokijs") as new (
  file: string,
) => {
  readonly collections: readonly LokiCollection[];
  addCollection(name: string, options: { readonly indices: readonly string[] }): Blobs;
};

const many = 1_000;
const blob = (name: string) => ({ accountName: "account", containerName: "container", name, snapshot: "" });

describe("a store of many blobs", () => {
  let blobs: Blobs;
  /** How many documents were looked at. */
  let looks: number;

  beforeEach(async () => {
    const db = new Loki("in-memory");
    blobs = db.addCollection("blobs", { indices: ["accountName", "containerName", "name", "snapshot"] });
    const store = { db: { ...db, collections: [blobs] }, init: async () => {} } as unknown as LokiStore;
    askByName(store);
    await store.init();
    for (let number = 0; number < many; number += 1) {
      const { containerName, ...rest } = blob(`${number}.csv`);
      const counted = {
        get containerName() {
          looks += 1;
          return containerName;
        },
      };
      blobs.insert(Object.defineProperties(rest, Object.getOwnPropertyDescriptors(counted)));
    }
    looks = 0;
  });

  test("looks at one of them to find it", () => {
    expect(blobs.findOne(blob("7.csv"))).toMatchObject({ name: "7.csv" });
    expect(looks).toBe(1);
  });

  test("looks at few of them to remove one, and has all others", () => {
    blobs.findAndRemove(blob("7.csv"));
    expect(looks).toBeLessThan(50);
    expect(blobs.findOne(blob("7.csv"))).toBeNull();
    expect(blobs.count()).toBe(many - 1);
    for (const name of ["6.csv", "8.csv", "999.csv"]) expect(blobs.findOne(blob(name)), name).toMatchObject({ name });
  });

  test("removes many at once", () => {
    blobs.findAndRemove({ accountName: "account" });
    expect(blobs.count()).toBe(0);
  });

  test("finds none where name or container are another's", () => {
    expect(blobs.findOne(blob("none.csv"))).toBeNull();
    expect(blobs.findOne({ ...blob("7.csv"), containerName: "other" })).toBeNull();
  });
});
