import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StorageError } from "../errors.ts";
import { type Change, type Journal, openJournal } from "./journal.ts";
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
const write = (journal: Journal, ...changes: readonly Change[]) => {
  for (const change of changes) journal.note(change);
  journal.write();
};
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
    write(journal, put(4, "d"));
    journal.turn();
    write(journal, put(5, "e"), removed(3), put(6, "c again"));
    recover(file);
    expect(blobs(kept())?.data.map(({ $loki }) => $loki)).toEqual([1, 4, 5, 6]);
    expect(readdirSync(folder)).toEqual(["blobs.json"]);
  });

  test("has all of what belongs together, or nothing: a blob that was being replaced is the one or the other", () => {
    const journal = openJournal(file);
    write(journal, removed(3), put(4, "c again"));
    const whole = readFileSync(`${file}.changes.1`);
    for (const length of whole.keys()) {
      writeFileSync(file, JSON.stringify(snapshot));
      writeFileSync(`${file}.changes.1`, whole.subarray(0, length));
      recover(file);
      expect(kept().collections, `after ${length} bytes`).toEqual(snapshot.collections);
    }
  });

  test("is as it was when a change was noted, whatever became of the document until it was written", () => {
    const journal = openJournal(file);
    const document: { $loki?: number; name: string } = { $loki: 4, name: "d" };
    journal.note({ collection: "blobs", put: document as { $loki: number } });
    delete document.$loki;
    journal.turn();
    recover(file);
    expect(blobs(kept())?.data.at(-1)).toEqual({ $loki: 4, name: "d" });
  });

  test("forgets those that a later snapshot has, and only those", () => {
    const journal = openJournal(file);
    write(journal, put(4, "d"));
    const forget = journal.turn();
    write(journal, put(5, "e"));
    forget();
    recover(file);
    expect(blobs(kept())?.data.map(({ $loki }) => $loki)).toEqual([1, 3, 5]);
  });

  test("is left as it is when it is damaged, with all that is beside it", () => {
    write(openJournal(file), put(4, "d"));
    writeFileSync(file, '{"collections": [');
    expect(() => recover(file)).toThrow(StorageError);
    expect(() => recover(file)).toThrow(`${file} is damaged (`);
    expect(readdirSync(folder)).toEqual(["blobs.json", "blobs.json.changes.1"]);
  });
});
