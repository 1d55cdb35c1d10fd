import { hash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchesWith, someRows, unitOf } from "../testing/arbitrary-rows.ts";
import { indexOf, inMemory, merged, recordsOf, type TestRow } from "../testing/in-memory.ts";
import { mergeRowIndexes } from "./merge-row-indexes.ts";
import { RowIndexError } from "./row-index-error.ts";
import { heldBit, recordBytes, recordsPerSegment } from "./row-record.ts";
import { rowIndexWriter } from "./write-row-index.ts";

const row = (number: number, held = false): TestRow => ({ unit: unitOf(number), label: number, place: 0.5, held });

type Record = ReturnType<typeof recordsOf>[number];

const inOrder = (a: Record, b: Record): number =>
  a.unit[0] - b.unit[0] || a.unit[1] - b.unit[1] || a.batch - b.batch || a.row - b.row;

describe("a batch's row index", () => {
  test("has records of 28 bytes, big-endian", () => {
    const writer = rowIndexWriter();
    writer.add({ unit: [0xfedcba98, 2], label: 0xffffffff, place: -1.5 }, false);
    writer.add({ unit: [1, 0x89abcdef], label: 7, place: 0.25 }, true);
    expect(writer.end()?.toString("hex")).toBe(
      [
        ["00000001", "89abcdef", "00000000", "80000001", "00000007", "3fd0000000000000"],
        ["fedcba98", "00000002", "00000000", "00000000", "ffffffff", "bff8000000000000"],
      ]
        .flat()
        .join(""),
    );
  });

  test("has every row once, segment by segment in order, whatever the size of segments", () => {
    fc.assert(
      fc.property(someRows, fc.integer({ min: 1, max: 70 }), (rows, perSegment) => {
        const records = recordsOf(indexOf(rows, perSegment));
        const expected = rows.map((one, number) => ({ ...one, batch: 0, row: number }));
        for (let from = 0; from < rows.length; from += perSegment)
          expect(records.slice(from, from + perSegment)).toEqual(
            expected.slice(from, from + perSegment).toSorted(inOrder),
          );
        expect(records).toHaveLength(rows.length);
      }),
    );
  });

  test("is handed out as segments become full", () => {
    const writer = rowIndexWriter();
    const handedOut: (readonly [row: number, records: number])[] = [];
    for (let number = 0; number < recordsPerSegment + 3; number += 1) {
      const high = Math.imul(number, 0x9e3779b1) >>> 0;
      const segment = writer.add({ unit: [high, number], label: 0, place: 0 }, false);
      if (segment) handedOut.push([number, segment.length / recordBytes]);
    }
    expect(handedOut).toEqual([[recordsPerSegment - 1, recordsPerSegment]]);
    expect(writer.end()?.length).toBe(3 * recordBytes);
    expect(writer.end()).toBeUndefined();
  });

  test("takes no row without a place", () => {
    const writer = rowIndexWriter();
    writer.add(row(1), false);
    expect(() => writer.add({ ...row(2), place: Number.NaN }, false)).toThrow("row 1 has no place in the split");
  });
});

describe("indexes merged", () => {
  test("are all their records in order, batches numbered one after the other, whatever the chunks", async () => {
    await fc.assert(
      fc.asyncProperty(
        batchesWith(0, 0.25, 1e12),
        fc.record({ perSegment: fc.integer({ min: 1, max: 25 }), chunk: fc.integer({ min: 1, max: 200 }) }),
        fc.integer({ min: 1, max: 40 }),
        async (batches, { perSegment, chunk }, perChunk) => {
          const indexes = batches.map(({ rows }) =>
            inMemory(indexOf(rows, perSegment), [{ rows: rows.length }], { sortedRecords: perSegment, chunk }),
          );
          const expected = batches
            .flatMap(({ rows }, batch) => rows.map((one, number) => ({ ...one, batch, row: number })))
            .toSorted(inOrder);
          expect(recordsOf(await merged(indexes, perChunk))).toEqual(expected);
        },
      ),
    );
  });

  test("are the same merged at once, or some of them first", async () => {
    await fc.assert(
      fc.asyncProperty(batchesWith(0, 0.25), fc.nat({ max: 7 }), async (batches, cut) => {
        const indexes = batches.map(({ rows }) =>
          inMemory(indexOf(rows, 6), [{ rows: rows.length }], { sortedRecords: 6 }),
        );
        const [first, then] = [indexes.slice(0, cut), indexes.slice(cut)];
        const parts = [first, then].map(async (part) =>
          inMemory(
            await merged(part),
            part.flatMap((index) => index.batches),
          ),
        );
        expect(await merged(await Promise.all(parts))).toEqual(await merged(indexes));
      }),
    );
  });
});

describe("a damaged index", () => {
  const rows = [1, 2, 3, 4, 5].map((number) => row(number, number === 2));
  const good = indexOf(rows, 5);
  const readingOf = (bytes: Buffer, batches = [{ rows: 5 }], chunk = 31): Promise<Buffer> =>
    merged([inMemory(indexOf([row(9)], 5), [{ rows: 1 }]), inMemory(bytes, batches, { name: "shop/b2", chunk })]);
  const record = (number: number): Buffer => good.subarray(number * recordBytes, (number + 1) * recordBytes);

  test.each([
    ["nothing", Buffer.alloc(0), "is truncated"],
    ["a record too few", good.subarray(0, 4 * recordBytes), "is truncated"],
    ["a byte too few", good.subarray(0, -1), "is truncated"],
    [
      "records in another order",
      Buffer.concat([record(0), record(2), record(1), record(3), record(4)]),
      "is not sorted",
    ],
    ["a record twice", Buffer.concat([record(0), record(0), record(2), record(3), record(4)]), "is not sorted"],
  ])("with %s is named, and what to do", async (_, bytes, why) => {
    const error: unknown = await readingOf(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RowIndexError);
    expect(error).toMatchObject({ index: "shop/b2", transient: false });
    expect(String(error)).toContain(`the row index shop/b2 ${why}`);
    expect(String(error)).toContain("make it anew from the rows of its batches");
  });

  test("is found to be out of order between chunks too", async () => {
    const swapped = Buffer.concat([record(1), record(0), record(2), record(3), record(4)]);
    await expect(readingOf(swapped, [{ rows: 5 }], recordBytes)).rejects.toThrow("is not sorted");
  });

  test("with rows or batches that there are not is named", async () => {
    const rowless = Buffer.from(good);
    rowless.writeUInt32BE(heldBit + 5, 12);
    await expect(readingOf(rowless)).rejects.toThrow("has row 5 of batch 0, which there is not");
    const batchless = Buffer.from(good);
    batchless.writeUInt32BE(1, 4 * recordBytes + 8);
    await expect(readingOf(batchless)).rejects.toThrow("of batch 1, which there is not");
  });

  test("that gives more than was asked for is named", async () => {
    const long = { ...inMemory(good, [{ rows: 4 }], { name: "shop/b2" }), read: () => inMemory(good, []).read(0, 140) };
    await expect(merged([long])).rejects.toThrow("the row index shop/b2 is longer than its batches' rows");
  });
});

describe("reading indexes", () => {
  test("closes every stream, whether all is read, reading ends early, or one fails", async () => {
    let [opened, closed] = [0, 0];
    const rows = Array.from({ length: 12 }, (_, number) => row(number));
    const bytes = indexOf(rows, 4);
    const counted = (fails: boolean) => ({
      ...inMemory(bytes, [{ rows: 12 }], { sortedRecords: 4 }),
      async *read(from: number, to: number) {
        opened += 1;
        try {
          if (fails && from > 0) throw new Error("the connection was lost");
          for (let at = from; at < to; at += 7) yield bytes.subarray(at, Math.min(at + 7, to));
        } finally {
          closed += 1;
        }
      },
    });
    await merged([counted(false)]);
    expect([opened, closed]).toEqual([3, 3]);
    for await (const chunk of mergeRowIndexes([counted(false)], 1)) if (chunk.length > 0) break;
    expect([opened, closed]).toEqual([6, 6]);
    await expect(merged([counted(true)])).rejects.toThrow("the connection was lost");
    expect([opened, closed]).toEqual([9, 9]);
  });

  test("opens no more streams than can be open at once", async () => {
    const many = inMemory(Buffer.alloc(0), [{ rows: 4097 }], { name: "shop/large", sortedRecords: 1 });
    await expect(merged([many])).rejects.toThrow(
      "the row index shop/large would be read together with others in more than 4096 streams; merge neighbouring indexes first",
    );
  });

  test("sorts a segment of units with equal halves by both", () => {
    const units = Array.from({ length: 500 }, (_, number) => hash("sha256", String(number), "buffer").readUInt32BE(0));
    const rows = units.map((low, number): TestRow => ({ ...row(1), unit: [number % 2, low] }));
    const records = recordsOf(indexOf(rows, 500));
    expect(records).toEqual(records.toSorted(inOrder));
  });
});
