import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LokiStore } from "../azurite.ts";
import { keepChanges } from "./keep-changes.ts";

interface LokiDatabase {
  addCollection(name: string): { insert(document: object): void };
  close(done: (error?: unknown) => void): void;
}

const fromAzurite = createRequire(createRequire(import.meta.url).resolve("azurite/dist/src/blob/BlobServer"));
const Loki = fromAzurite("lokijs") as new (file: string, options: object) => LokiDatabase;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "storage-metadata-"));
  vi.useFakeTimers({ toFake: ["setInterval"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});

test("all metadata is written when about as much has changed, and at the end", async () => {
  const file = join(folder, "blobs.json");
  const snapshots: number[] = [];
  // As Azurite makes it, with a file that counts.
  const adapter = {
    loadDatabase: (_: string, done: (value: unknown) => void) => done(null),
    saveDatabase(_: string, text: string, done: () => void) {
      snapshots.push(text.length);
      done();
    },
  };
  await writeFile(file, "{}");
  const db = new Loki(file, { adapter, autosave: true, autosaveInterval: 5_000 });
  const blobs = db.addCollection("blobs");
  const store = { db, init: async () => {} } as unknown as LokiStore;
  keepChanges(store, file, (error) => expect.fail(String(error)));
  await store.init();
  const change = (bytes: number) => blobs.insert({ content: "x".repeat(bytes) });
  const million = 1024 ** 2;

  change(1_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(snapshots).toHaveLength(0);
  change(2 * million);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(snapshots).toHaveLength(1);
  // It is two million characters long by now, and one more have changed.
  change(million);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(snapshots).toHaveLength(1);
  change(million + 10_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(snapshots).toHaveLength(2);
  change(1_000);
  await new Promise<void>((resolve) => db.close(() => resolve()));
  expect(snapshots).toHaveLength(3);
});
