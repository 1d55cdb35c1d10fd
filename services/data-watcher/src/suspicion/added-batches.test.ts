import type { Admission } from "@ratchet/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addedBatches, latestOf, mostNamed } from "./added-batches.ts";

const id = (index: number) => index.toString(16).padStart(16, "0");
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
const admitted = (index: number, second = index): Admission => ({
  kind: "admitted",
  batch: id(index),
  file: `digits/${index}.csv`,
  at: at(second),
});
const said = (kind: string, index: number, more: Partial<Admission> = {}): Admission => ({
  ...{ kind, batch: id(index), at: at(999), reason: "blurred", cause: "c" },
  ...more,
});
const profileOf = (...indexes: readonly number[]) => ({
  latest: latestOf(indexes.map((index) => ({ batch: id(index), at: at(index) }))),
});
const added = (profile: ReturnType<typeof profileOf>, ...entries: readonly Admission[]) =>
  addedBatches(profile, entries)?.map(({ batch }) => batch);

describe("the batches that came in since", () => {
  test("are those that are admitted, each once, and none that is in the profile or in quarantine", () => {
    const entries = [admitted(2), said("quarantined", 3), admitted(4), admitted(2), admitted(1), said("praised", 2)];
    expect(added(profileOf(1), ...entries)).toEqual([id(2), id(4)]);
  });

  test.each(["withdrawn", "restored"])("cannot be told where one was %s", (kind) => {
    expect(added(profileOf(1), admitted(2), said(kind, 1))).toBeUndefined();
  });

  test("cannot be told where an operator has admitted one", () => {
    expect(added(profileOf(1), said("admitted", 3, { file: "digits/3.csv" }))).toBeUndefined();
  });

  test("are the same where one in quarantine is withdrawn, or taken back into it", () => {
    const about = { quarantined: true };
    expect(added(profileOf(1), said("withdrawn", 3, about), said("restored", 3, about))).toEqual([]);
    // It was admitted before, and whoever withdrew it had not seen that.
    expect(added(profileOf(1), said("withdrawn", 1, about))).toBeUndefined();
  });

  test("cannot be told where a profile has more batches than it names, and one is as old as those", () => {
    const many = profileOf(...Array.from({ length: mostNamed + 1 }, (_, index) => index + 10));
    expect(many.latest).toHaveLength(mostNamed);
    expect(added(many, admitted(10))).toBeUndefined();
    expect(added(many, admitted(20))).toEqual([]);
    expect(added(many, admitted(2000))).toEqual([id(2000)]);
  });

  test("are found whatever was appended twice, however late: each batch is counted once", () => {
    const appended = fc.array(fc.nat({ max: 30 }), { maxLength: 60 });
    fc.assert(
      fc.property(appended, fc.array(fc.nat({ max: 60 })), (order, cuts) => {
        const log = order.map((index) => admitted(index));
        let latest = profileOf().latest;
        const counted: string[] = [];
        const places = [...new Set([...cuts, log.length])].filter((cut) => cut <= log.length).sort((a, b) => a - b);
        let from = 0;
        for (const to of places) {
          const found = addedBatches({ latest }, log.slice(from, to)) ?? [];
          counted.push(...found.map(({ batch }) => batch));
          latest = latestOf([...latest, ...found]);
          from = to;
        }
        expect(counted.toSorted()).toEqual([...new Set(order.map(id))].toSorted());
      }),
    );
  });
});
