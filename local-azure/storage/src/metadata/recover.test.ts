import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StorageError } from "../errors.ts";
import { openJournal } from "./journal.ts";
import { recover, type Snapshot, withChanges } from "./recover.ts";

const document = ($loki: number, name: string) => ({ $loki, name });
const snapshot: Snapshot = {
  databaseVersion: 1.5,
  collections: [
    { name: "blobs", maxId: 3, data: [document(1, "a"), document(3, "c")] },
    { name: "blocks", maxId: 0, data: [] },
  ],
};
const put = ($loki: number, name: string) => ({ collection: "blobs", put: document($loki, name) });
const removed = ($loki: number) => ({ collection: "blobs", remove: $loki });
const blobs = ({ collections }: Snapshot) => collections[0];

describe("a snapshot with changes", () => {
  test("has what was put, in the order of its numbers, and not what was removed", () => {
    const changed = withChanges(snapshot, [put(5, "e"), removed(1), put(3, "c again"), put(4, "d"), removed(5)]);
    expect(blobs(changed)).toEqual({ name: "blobs", maxId: 5, data: [document(3, "c again"), document(4, "d")] });
    expect(changed.collections[1]).toEqual(snapshot.collections[1]);
  });

  test("is the same when it has had some of them before", () => {
    const changes = [put(4, "d"), removed(4), put(5, "e"), removed(1), put(5, "e again")];
    const once = withChanges(snapshot, changes);
    expect(withChanges(withChanges(snapshot, changes.slice(0, 3)), changes)).toEqual(once);
    expect(withChanges(once, changes)).toEqual(once);
  });
});

describe("a database beside which changes were left", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "recover-"));
    file = join(folder, "blobs.json");
    writeFileSync(file, JSON.stringify(snapshot));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const kept = () => JSON.parse(readFileSync(file, "utf8")) as Snapshot;

  test("has them after its recovery, and nothing is left beside it", () => {
    const journal = openJournal(file);
    journal.append(put(4, "d"));
    journal.turn();
    journal.append(put(5, "e"));
    writeFileSync(`${file}.changes.2`, '{"collection":"blobs","put":{"$lo', { flag: "a" });
    recover(file);
    expect(blobs(kept())?.data.map(({ $loki }) => $loki)).toEqual([1, 3, 4, 5]);
    expect(readdirSync(folder)).toEqual(["blobs.json"]);
  });

  test("forgets those that a later snapshot has, and only those", () => {
    const journal = openJournal(file);
    journal.append(put(4, "d"));
    const forget = journal.turn();
    journal.append(put(5, "e"));
    forget();
    recover(file);
    expect(blobs(kept())?.data.map(({ $loki }) => $loki)).toEqual([1, 3, 5]);
  });

  test("is left as it is when it is damaged, with all that is beside it", () => {
    openJournal(file).append(put(4, "d"));
    writeFileSync(file, '{"collections": [');
    expect(() => recover(file)).toThrow(StorageError);
    expect(() => recover(file)).toThrow(`${file} is damaged (`);
    expect(readdirSync(folder)).toEqual(["blobs.json", "blobs.json.changes.1"]);
  });
});
