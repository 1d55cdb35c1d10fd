import type { Admission, AskedAdmissions } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { allAdmissions, noneAsked, waitingAdmissions } from "./admissions.ts";
import type { Logged } from "./paged-log.ts";

const id = (index: number) => index.toString(16).padStart(16, "0");
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
const batch = (index: number, second = index) => ({
  batch: id(index),
  file: `digits/${index}.csv`,
  admittedAt: at(second),
});

/** A log in which batches stand in this order, at positions from 1. */
const log = (
  ...entries: readonly (Omit<Admission, "kind"> & { readonly kind?: string })[]
): readonly Logged<Admission>[] =>
  entries.map((entry, index) => ({ entry: { kind: "admitted", ...entry }, position: index + 1 }));
const digits = noneAsked("digits");

describe("the admissions of a model", () => {
  test("are those of its log, in its order", () => {
    const { batches, position } = allAdmissions(digits, log(batch(2), batch(1), batch(3)));
    expect(batches.map((one) => one.batch)).toEqual([id(2), id(1), id(3)]);
    expect(position).toBe(3);
  });

  test("have a batch once that was appended twice, as it was appended first", () => {
    const { batches } = allAdmissions(digits, log({ ...batch(1), drop: "a" }, batch(2), { ...batch(1, 9), drop: "b" }));
    expect(batches.map(({ batch: one, drop }) => [one, drop])).toEqual([
      [id(1), "a"],
      [id(2), undefined],
    ]);
  });

  test("begin with what was admitted before there was a log", () => {
    const asked: AskedAdmissions = { ...digits, earlier: [batch(1), batch(2)], waiting: [id(2)] };
    const { batches, pending, position } = allAdmissions(asked, log(batch(3), batch(1)));
    expect(batches.map((one) => one.batch)).toEqual([id(1), id(2), id(3)]);
    expect(pending).toEqual({ since: at(1), latest: at(3), batches: [id(2), id(3), id(1)] });
    expect(position).toBe(2);
  });
});

describe("what waits for training", () => {
  test("is all that stands behind the place up to which it was asked for", () => {
    const all = log(batch(1), batch(2), batch(3));
    const upTo = (asked: number) => waitingAdmissions({ ...digits, asked }, all).pending?.batches ?? [];
    expect([0, 1, 2, 3].map((asked) => upTo(asked).length)).toEqual([3, 2, 1, 0]);
    expect(upTo(1)).toEqual([id(2), id(3)]);
  });

  test("has waited since the first was admitted, whatever the order in which they were appended", () => {
    expect(waitingAdmissions(digits, log(batch(1, 7), batch(2, 3), batch(3, 5))).pending).toEqual({
      since: at(3),
      latest: at(7),
      batches: [id(1), id(2), id(3)],
    });
  });

  test("is nothing where nothing was admitted, or all was asked for", () => {
    expect(waitingAdmissions(digits, []).pending).toBeNull();
    expect(waitingAdmissions({ ...digits, asked: 2 }, log(batch(1), batch(2))).pending).toBeNull();
    expect(waitingAdmissions({ ...digits, asked: 2 }, []).position).toBe(2);
  });
});
