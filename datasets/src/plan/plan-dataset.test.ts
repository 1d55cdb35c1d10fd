import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batchesWith, type TestBatch, unitOf } from "../testing/arbitrary-rows.ts";
import { indexOf, inMemory, merged, type TestRow } from "../testing/in-memory.ts";
import { plainPlan } from "../testing/plain-plan.ts";
import { type DatasetPlan, type Judging, type PlanRule, planDataset } from "./plan-dataset.ts";
import type { PlannedBatch, PlannedIndex } from "./planned-batches.ts";
import { isTaken } from "./taken-rows.ts";

/** How indexes are stored and read; none of it may make a difference. */
interface Storage {
  readonly perSegment: number;
  readonly chunk: number;
  readonly recordsPerRange: number;
  /** Between which batches merged indexes end; no index is merged where it is left out. */
  readonly cuts?: readonly number[];
}

const storages: fc.Arbitrary<Storage> = fc.record(
  {
    perSegment: fc.integer({ min: 1, max: 25 }),
    chunk: fc.integer({ min: 1, max: 300 }),
    recordsPerRange: fc.integer({ min: 1, max: 50 }),
    cuts: fc.array(fc.nat({ max: 7 })).map((cuts) => [...new Set([0, ...cuts, 7])].sort((a, b) => a - b)),
  },
  { requiredKeys: ["perSegment", "chunk", "recordsPerRange"] },
);

const usual: Storage = { perSegment: 1000, chunk: 1000, recordsPerRange: 1000 };

async function indexesOf(
  batches: readonly TestBatch[],
  { perSegment, chunk, cuts }: Storage,
): Promise<readonly PlannedIndex[]> {
  const own = batches.map(({ active, rows }, number) => {
    const batch: PlannedBatch = { rows: rows.length, active, order: number * 10 };
    return inMemory(indexOf(rows, perSegment), [batch], { name: `b${number}`, sortedRecords: perSegment, chunk });
  });
  if (!cuts) return own;
  const parts = cuts.slice(1).map((cut, index) => own.slice(cuts[index], cut));
  const merging = parts.map(async (part) =>
    inMemory(
      await merged(part),
      part.flatMap((index) => index.batches),
      { chunk },
    ),
  );
  return Promise.all(merging);
}

const planOf = async (
  batches: readonly TestBatch[],
  rule: PlanRule,
  storage = usual,
  sampleSize = 10_000,
  judging: Judging = {},
): Promise<DatasetPlan> =>
  planDataset(await indexesOf(batches, storage), rule, judging, {
    recordsPerRange: storage.recordsPerRange,
    sampleSize,
  });

/** A plan with the numbers of rows in place of bitmaps. */
const readable = ({ batches, counts, boundary, lastToBegin }: DatasetPlan, rows: readonly TestBatch[]) => ({
  batches: batches.map((batch, number) => {
    const [train, holdout] = [batch.train, batch.holdout].map(({ bitmap, rows: count }) => {
      const taken = [...(rows[number]?.rows.keys() ?? [])].filter((row) => isTaken(bitmap, row));
      expect(taken).toHaveLength(count);
      return taken;
    });
    return { counts: batch.counts, train, holdout };
  }),
  counts,
  boundary,
  lastToBegin,
});

const countings = fc.constantFrom("first" as const, "latest" as const);

const row = (number: number, more: Partial<TestRow> = {}): TestRow => ({
  unit: unitOf(number * 5),
  label: 0,
  place: 0.9,
  held: false,
  ...more,
});
const batch = (...rows: readonly TestRow[]): TestBatch => ({ active: true, rows });
const judging = { place: 0.1, held: true };

const byHash: PlanRule = { counts: "first", by: "hash", holdout: 0.2 };

/** What becomes of some batches: the rows of each that train and judge, and the counts in all. */
async function outcome(batches: readonly TestBatch[], rule: PlanRule) {
  const plan = readable(await planOf(batches, rule), batches);
  return {
    train: plan.batches.map(({ train }) => train),
    holdout: plan.batches.map(({ holdout }) => holdout),
    counts: Object.fromEntries(Object.entries(plan.counts).filter(([, count]) => count > 0)),
  };
}

describe("a plan", () => {
  test("is the one that is found with everything in memory, by hash, however indexes are stored and read", async () => {
    await fc.assert(
      fc.asyncProperty(batchesWith(0.05, 0.2, 0.6), countings, storages, async (batches, counts, storage) => {
        const rule: PlanRule = { counts, by: "hash", holdout: 0.2 };
        expect(readable(await planOf(batches, rule, storage), batches)).toEqual(plainPlan(batches, rule));
      }),
      { numRuns: 300 },
    );
  });

  test("is the one that is found with everything in memory, by time, whatever is sampled", async () => {
    await fc.assert(
      fc.asyncProperty(
        batchesWith(-1.5, 0, 1, 2, 3, 1e12),
        countings,
        storages,
        fc.constantFrom(0.1, 0.2, 0.5),
        fc.integer({ min: 1, max: 20 }),
        async (batches, counts, storage, holdout, sampleSize) => {
          const rule: PlanRule = { counts, by: "time", holdout };
          expect(readable(await planOf(batches, rule, storage, sampleSize), batches)).toEqual(
            plainPlan(batches, rule, sampleSize),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test("lets judge only what may, by hash and by time", async () => {
    const splits = fc.oneof(
      fc.record({ batches: batchesWith(0.05, 0.2, 0.6), by: fc.constant("hash" as const) }),
      fc.record({ batches: batchesWith(1, 2, 3, 4), by: fc.constant("time" as const) }),
    );
    const barred = fc.array(fc.nat({ max: 6 }));
    const times = fc.constantFrom(undefined, 2, 3, 4);
    await fc.assert(
      fc.asyncProperty(splits, countings, barred, times, async ({ batches, by }, counts, some, notBefore) => {
        const rule: PlanRule = { counts, by, holdout: 0.3 };
        const judging: Judging = { mayBegin: (batch) => !some.includes(batch), notBefore };
        const plan = readable(await planOf(batches, rule, usual, 10_000, judging), batches);
        expect(plan).toEqual(plainPlan(batches, rule, 10_000, judging));
      }),
      { numRuns: 300 },
    );
  });

  test("has the same digests however indexes are stored and read", async () => {
    await fc.assert(
      fc.asyncProperty(batchesWith(0.05, 0.6), storages, async (batches, storage) => {
        expect(await planOf(batches, byHash, storage)).toEqual(await planOf(batches, byHash));
      }),
    );
  });

  test("has each row of an active batch in one count", async () => {
    await fc.assert(
      fc.asyncProperty(batchesWith(0.05, 0.2, 0.6), countings, async (batches, counts) => {
        const plan = await planOf(batches, { counts, by: "hash", holdout: 0.2 });
        for (const [number, { rows, active }] of batches.entries()) {
          const { train, holdout, duplicate, replaced, leftOut } = plan.batches[number]?.counts ?? plan.counts;
          expect(train + holdout + duplicate + replaced + leftOut).toBe(active ? rows.length : 0);
        }
      }),
    );
  });

  test("of nothing is empty", async () => {
    expect(await outcome([], byHash)).toEqual({ train: [], holdout: [], counts: {} });
    expect(await outcome([batch()], { ...byHash, by: "time" })).toEqual({ train: [[]], holdout: [[]], counts: {} });
  });
});

describe("a row that comes again", () => {
  test("counts once, where it came first", async () => {
    const batches = [batch(row(1), row(2), row(1)), batch(row(2), row(3))];
    expect(await outcome(batches, byHash)).toEqual({
      train: [[0, 1], [1]],
      holdout: [[], []],
      counts: { train: 3, duplicate: 2 },
    });
  });

  test("counts where it came next when the first batch is withdrawn", async () => {
    const batches = [{ ...batch(row(1)), active: false }, batch(row(1)), batch(row(1))];
    expect((await outcome(batches, byHash)).train).toEqual([[], [0], []]);
  });

  test("by key replaces the earlier one, which is a duplicate where nothing has changed", async () => {
    const batches = [batch(row(1), row(2)), batch(row(1, { label: 5 }), row(2))];
    expect(await outcome(batches, { ...byHash, counts: "latest" })).toEqual({
      train: [[], [0, 1]],
      holdout: [[], []],
      counts: { train: 2, duplicate: 1, replaced: 1 },
    });
  });

  test("with other labels contradicts itself once, and is told of the batch that did so", async () => {
    const batches = [batch(row(1)), batch(row(1)), batch(row(1, { label: 5 })), batch(row(1, { label: 6 }))];
    const plan = await planOf(batches, byHash);
    expect(plan.batches.map(({ counts }) => counts.contradicting)).toEqual([0, 0, 1, 0]);
    expect(plan.counts).toMatchObject({ train: 1, duplicate: 3, contradicting: 1 });
  });

  test("does not contradict what is withdrawn", async () => {
    const batches = [batch(row(1)), { ...batch(row(1, { label: 5 })), active: false }];
    expect((await planOf(batches, byHash)).counts.contradicting).toBe(0);
  });
});

describe("a row below the holdout", () => {
  test("judges where its batch held it out", async () => {
    expect(await outcome([batch(row(1, judging))], byHash)).toMatchObject({ holdout: [[0]], counts: { holdout: 1 } });
  });

  test("is left out where its batch did not, or its unit was on the training side, even if that was withdrawn", async () => {
    const leftOut = { counts: { leftOut: 1 } };
    expect(await outcome([batch(row(1, { ...judging, held: false }))], byHash)).toMatchObject(leftOut);
    const withdrawn = { ...batch(row(1, { place: 0.9 })), active: false };
    expect(await outcome([withdrawn, batch(row(1, judging))], byHash)).toMatchObject(leftOut);
    expect(await outcome([batch(row(1, judging)), withdrawn], byHash)).toMatchObject(leftOut);
  });

  test("never trains, however small the holdout is made: it may have judged", async () => {
    const smaller = { ...byHash, holdout: 0.05 };
    expect(await outcome([batch(row(1, judging))], smaller)).toMatchObject({ train: [[]], counts: { leftOut: 1 } });
  });
});

describe("a row that may not judge", () => {
  const judged = { mayBegin: (batch: number) => batch > 0 };
  const heldIn = async (batches: readonly TestBatch[], rule: PlanRule) =>
    readable(await planOf(batches, rule, usual, 10_000, judged), batches).batches.map(({ holdout }) => holdout);

  test("does not come back by a copy, nor by a correction, nor when the batch that brought it is withdrawn", async () => {
    const [first, copy] = [batch(row(1, judging)), batch(row(1, judging), row(2, judging))];
    expect(await heldIn([first, copy], byHash)).toEqual([[], [1]]);
    expect(await heldIn([{ ...first, active: false }, copy], byHash)).toEqual([[], [1]]);
    const corrected = batch(row(1, { ...judging, label: 5 }), row(2, judging));
    expect(await heldIn([first, corrected], { ...byHash, counts: "latest" })).toEqual([[], [1]]);
  });
});

describe("the rows taken of a batch", () => {
  const rows = [row(1), row(2, judging), row(3)];

  test("have a digest that is theirs alone", async () => {
    const one = await planOf([batch(...rows)], byHash);
    const other = await planOf([batch(row(7), row(8, judging), row(9))], byHash);
    const more = await planOf([batch(...rows, row(2, judging))], byHash);
    const digests = ({ batches: [first] }: DatasetPlan) => [first?.train.digest, first?.holdout.digest];
    expect(digests(one)).toEqual(digests(other));
    expect(digests(one)[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set([...digests(one), ...digests(more)]).size).toBe(4);
  });
});

describe("planning", () => {
  test("refuses batches in another order than that of their admission", async () => {
    const [first, second] = await indexesOf([batch(row(1)), batch(row(2))], usual);
    await expect(planDataset(first && second ? [second, first] : [], byHash)).rejects.toThrow(
      "the row index b0 has the batch admitted as 0, which does not come after 10; plan in the order of admission",
    );
  });

  test("names the index that is damaged", async () => {
    const [index] = await indexesOf([batch(row(1), row(2))], usual);
    const truncated = index && { ...index, read: (from: number, to: number) => index.read(from, to - 1) };
    await expect(planDataset(truncated ? [truncated] : [], byHash)).rejects.toThrow("the row index b0 is truncated");
  });

  test("keeps no row of a unit that comes many times", async () => {
    const again = Array.from({ length: 30_000 }, () => row(1));
    const plan = await planOf([batch(...again), batch(...again)], byHash, { ...usual, perSegment: 30_000 });
    expect(plan.counts).toMatchObject({ train: 1, duplicate: 59_999 });
  });
});
