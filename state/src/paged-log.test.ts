import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { azureBlobs } from "./azure-blobs.ts";
import type { Blobs } from "./blobs.ts";
import { CorruptDocumentError } from "./corrupt-document.ts";
import type { Kind } from "./kind.ts";
import { logReader, pagedLog } from "./paged-log.ts";
import { startContainer } from "./testing/container.ts";

interface Word {
  readonly word: string;
}

const words: Kind<Word> = {
  parse(json) {
    if (typeof json === "object" && json !== null && "word" in json && typeof json.word === "string")
      return { word: json.word };
    throw new TypeError("word is missing");
  },
  toJson: ({ word }) => ({ format: 1, word }),
};

const lineBytes = Buffer.byteLength('{"format":1,"word":"00"}\n');

describe("a log in pages", () => {
  let started: Awaited<ReturnType<typeof startContainer>>;
  let blobs: Blobs;
  beforeAll(async () => {
    started = await startContainer();
    blobs = azureBlobs(started.container);
  });
  afterAll(() => started[Symbol.asyncDispose]());

  /** A log of which a page takes so many words of two letters. */
  const logOf = (folder: string, perPage: number, through = blobs) =>
    pagedLog(through, folder, words, perPage * lineBytes);

  const numbered = (index: number): Word => ({ word: String(index).padStart(2, "0") });

  const read = async (folder: string, after?: number) =>
    (await Array.fromAsync(logReader(blobs, folder, words).entries(after))).map(({ entry, position }) => ({
      word: entry.word,
      position,
    }));

  test("is empty before anybody appends", async () => {
    expect(await read("nothing")).toEqual([]);
  });

  test("keeps entries in the order in which they came, over its pages, at positions that grow", async () => {
    const log = logOf("ordered", 3);
    for (let index = 0; index < 8; index += 1) await log.append(numbered(index));
    const entries = await read("ordered");
    expect(entries.map(({ word }) => word)).toEqual(["00", "01", "02", "03", "04", "05", "06", "07"]);
    const positions = entries.map(({ position }) => position);
    expect(positions.every((position, index) => position > (positions[index - 1] ?? 0))).toBe(true);
    expect((await blobs.read("ordered/000002.jsonl"))?.content.toString()).toBe(
      '{"format":1,"word":"06"}\n{"format":1,"word":"07"}\n',
    );
    for (const [index, { position }] of entries.entries())
      expect(await read("ordered", position)).toEqual(entries.slice(index + 1));
  });

  test("takes in a hundred that append at once, each once, none over another", async () => {
    await Promise.all(Array.from({ length: 100 }, (_, index) => logOf("crowded", 7).append(numbered(index))));
    const entries = (await read("crowded")).map(({ word }) => word);
    expect(entries.toSorted()).toEqual(Array.from({ length: 100 }, (_, index) => numbered(index).word));
  });

  test("is appended to with as many requests after many pages as at the first", async () => {
    let requests = 0;
    const count = <Result>(request: Promise<Result>): Promise<Result> => {
      requests += 1;
      return request;
    };
    const counted: Blobs = {
      ...blobs,
      read: (path) => count(blobs.read(path)),
      append: (...what) => count(blobs.append(...what)),
      write: (...what) => count(blobs.write(...what)),
    };
    const log = logOf("long", 2, counted);
    const cost: number[] = [];
    for (let index = 0; index < 21; index += 1) {
      requests = 0;
      await log.append(numbered(index));
      cost.push(requests);
    }
    // One asks for the last page and appends; who finds it full appends to the next, and says so.
    expect(cost.slice(0, 2)).toEqual([2, 2]);
    expect(cost.slice(-3)).toEqual([4, 2, 4]);
  });

  test("is found again where nobody has said which page is the last", async () => {
    for (let index = 0; index < 5; index += 1) await logOf("lost", 1).append(numbered(index));
    await blobs.remove("lost/latest");
    await logOf("lost", 1).append(numbered(5));
    expect((await read("lost")).map(({ word }) => word)).toEqual(["00", "01", "02", "03", "04", "05"]);
    expect((await blobs.read("lost/latest"))?.content.toString()).toBe("5");
  });

  test("appends to no page before the last, however short the entry", async () => {
    const [short, long] = [{ word: "a" }, { word: "b".repeat(200) }];
    const log = pagedLog(blobs, "uneven", words, 100);
    for (const entry of [short, long, short, long]) await log.append(entry);
    await blobs.remove("uneven/latest");
    await log.append(short);
    expect((await read("uneven")).map(({ word }) => word.length)).toEqual([1, 200, 1, 200, 1]);
  });

  test("says which line cannot be read", async () => {
    const log = logOf("broken", 9);
    await log.append(numbered(0));
    await blobs.append("broken/000000.jsonl", '{"format":1}\n', { fullAt: 1000, contentType: "application/jsonl" });
    const reading = read("broken");
    await expect(reading).rejects.toThrow(CorruptDocumentError);
    await expect(reading).rejects.toThrow("state/broken/000000.jsonl, line 2, cannot be read: word is missing");
  });
});
