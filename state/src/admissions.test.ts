import type { Admission, AskedAdmissions } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { allAdmissions, firstToWait, noneAsked, waitingAdmissions } from "./admissions.ts";
import type { Logged } from "./paged-log.ts";

const id = (index: number) => index.toString(16).padStart(16, "0");
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();
const earlier = (index: number) => ({ batch: id(index), file: `digits/${index}.csv`, admittedAt: at(index) });
const batch = (index: number, second = index): Admission => ({
  kind: "admitted",
  batch: id(index),
  file: `digits/${index}.csv`,
  at: at(second),
});
const withdraw = (index: number, second: number, cause = "w"): Admission => ({
  kind: "withdrawn",
  batch: id(index),
  at: at(second),
  reason: "upside down",
  by: "ada",
  cause,
});
const quarantine = (index: number, second = index): Admission => ({
  ...batch(index, second),
  kind: "quarantined",
  finding: "labels go less with the features",
});
/** An operator's word that it is admitted all the same. */
const release = (index: number, second: number, cause = "a"): Admission => ({
  ...batch(index, second),
  ...{ reason: "another camera", by: "ada", cause },
});
const restore = (index: number, second: number): Admission => ({ ...withdraw(index, second, "r"), kind: "restored" });

/** A log in which entries stand in this order, at positions from 1. */
const log = (...entries: readonly Admission[]): readonly Logged<Admission>[] =>
  entries.map((entry, index) => ({ entry, position: index + 1 }));
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
    const asked: AskedAdmissions = { ...digits, earlier: [earlier(1), earlier(2)], waiting: [id(2)] };
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

const ids = (batches: readonly { readonly batch: string }[]) => batches.map((one) => one.batch);

describe("a batch in quarantine", () => {
  const lists = (...entries: readonly Admission[]) => {
    const { all, batches, withdrawn, quarantined, pending } = allAdmissions(digits, log(...entries));
    const waiting = pending?.batches ?? [];
    return { all: ids(all), batches: ids(batches), withdrawn: ids(withdrawn), quarantined: ids(quarantined), waiting };
  };

  test("is known with why, and neither trains, judges nor waits", () => {
    expect(lists(batch(1), quarantine(2))).toEqual({
      ...{ all: [id(1)], batches: [id(1)], withdrawn: [], quarantined: [id(2)], waiting: [id(1)] },
    });
    const [held] = allAdmissions(digits, log(quarantine(2))).quarantined;
    expect(held?.quarantined).toEqual({ at: at(2), finding: "labels go less with the features" });
  });

  test("comes in by an operator's word, from there on: after all that was admitted before", () => {
    const entries = [quarantine(1), batch(2), release(1, 3)];
    expect(lists(...entries)).toEqual({
      ...{ all: [id(2), id(1)], batches: [id(2), id(1)], withdrawn: [], quarantined: [], waiting: [id(2), id(1)] },
    });
    const [, released] = allAdmissions(digits, log(...entries)).batches;
    expect(released).toMatchObject({ position: 3, admittedAt: at(3), obeyed: ["a"] });
    expect(released?.released).toEqual({ at: at(3), reason: "another camera", by: "ada", cause: "a" });
    expect(lists(...entries, release(1, 4, "b"), quarantine(1, 5))).toEqual(lists(...entries));
  });

  test("does not come in by the word of a drop, nor go back into quarantine when it was admitted", () => {
    expect(lists(quarantine(1), batch(1, 2)).quarantined).toEqual([id(1)]);
    expect(lists(batch(1), quarantine(1, 2)).batches).toEqual([id(1)]);
  });

  test("that is withdrawn is in quarantine again when it is restored, and waits for nothing", () => {
    const entries = [quarantine(1), withdraw(1, 2)];
    expect(lists(...entries)).toMatchObject({ all: [], withdrawn: [id(1)], quarantined: [] });
    const restored = [...entries, { ...restore(1, 3), quarantined: true }];
    expect(lists(...restored)).toMatchObject({ withdrawn: [], quarantined: [id(1)], batches: [], waiting: [] });
    expect(lists(...restored, release(1, 4))).toMatchObject({ quarantined: [], batches: [id(1)], waiting: [id(1)] });
  });

  test("that one admits and another withdraws is withdrawn, whoever was first; restored it is admitted", () => {
    for (const both of [
      [withdraw(1, 2), release(1, 3)],
      [release(1, 2), withdraw(1, 3)],
    ]) {
      expect(lists(quarantine(1), ...both)).toMatchObject({ withdrawn: [id(1)], batches: [], waiting: [] });
      const restored = [quarantine(1), ...both, { ...restore(1, 4), quarantined: true }];
      expect(lists(...restored)).toMatchObject({ batches: [id(1)], quarantined: [], waiting: [id(1)] });
    }
  });

  test("is a batch like any other to versions that know of no quarantine, once it is admitted", () => {
    const entries = [quarantine(1), release(1, 3)];
    const read = (kinds: readonly string[]) => log(...entries.filter(({ kind }) => kinds.includes(kind)));
    const [old] = allAdmissions(digits, read(["admitted", "withdrawn", "restored"])).batches;
    expect(old).toMatchObject({ batch: id(1), file: "digits/1.csv", admittedAt: at(3) });
  });
});

describe("a batch that is withdrawn", () => {
  test("is one of those no more, says why, and is kept", () => {
    const { batches, withdrawn } = allAdmissions(digits, log(batch(1), batch(2), withdraw(1, 9)));
    expect(ids(batches)).toEqual([id(2)]);
    expect(withdrawn).toEqual([
      {
        batch: id(1),
        file: "digits/1.csv",
        admittedAt: at(1),
        drop: undefined,
        rows: undefined,
        holdout: undefined,
        position: 1,
        obeyed: ["w"],
        withdrawn: { at: at(9), reason: "upside down", by: "ada", cause: "w" },
      },
    ]);
  });

  test("comes back to its place when it is restored, and may be withdrawn a second and a third time", () => {
    const entries = [batch(1), batch(2), withdraw(1, 3), restore(1, 4), withdraw(1, 5), restore(1, 6), withdraw(1, 7)];
    const active = entries.map((_, index) => ids(allAdmissions(digits, log(...entries.slice(0, index + 1))).batches));
    const [both, second] = [[id(1), id(2)], [id(2)]];
    expect(active).toEqual([[id(1)], both, second, both, second, both, second]);
  });

  test("stays as it was first withdrawn, and one that is not withdrawn is not restored", () => {
    const [one] = allAdmissions(digits, log(batch(1), withdraw(1, 2, "a"), withdraw(1, 3, "b"))).withdrawn;
    expect(one?.withdrawn).toMatchObject({ at: at(2), cause: "a" });
    expect(allAdmissions(digits, log(batch(1), restore(1, 2))).batches[0]).not.toHaveProperty("obeyed");
    expect(allAdmissions(digits, log(withdraw(1, 2), restore(1, 3)))).toMatchObject({ batches: [], withdrawn: [] });
  });

  test("waits for training no more, and does again when it is restored", () => {
    const waits = (...entries: readonly Admission[]) =>
      waitingAdmissions({ ...digits, asked: 1 }, log(...entries)).pending;
    expect(waits(batch(1), batch(2), withdraw(2, 3))).toBeNull();
    expect(waits(batch(1), batch(2), batch(3), withdraw(2, 4))).toMatchObject({ since: at(3), batches: [id(3)] });
    expect(waits(batch(1), withdraw(1, 2), restore(1, 3))).toEqual({ since: at(3), latest: at(3), batches: [id(1)] });
  });

  test("waits no more though its admission is appended once more, and unknown words make nothing wait", () => {
    expect(waitingAdmissions(digits, log(batch(1), withdraw(1, 2), batch(1, 3))).pending).toBeNull();
    expect(
      waitingAdmissions({ ...digits, asked: 1 }, log(batch(1), { ...withdraw(1, 2), kind: "praised" })).pending,
    ).toBeNull();
  });

  test("knows every command that was obeyed, however often others came between", () => {
    const [one] = allAdmissions(
      digits,
      log(batch(1), withdraw(1, 2, "a"), restore(1, 3), withdraw(1, 4, "b")),
    ).withdrawn;
    expect(one?.obeyed).toEqual(["a", "r", "b"]);
  });

  test("is told by entries that a later version may write too: they change nothing", () => {
    expect(ids(allAdmissions(digits, log(batch(1), { ...withdraw(1, 2), kind: "praised" })).batches)).toEqual([id(1)]);
  });
});

describe("the first batch that waits", () => {
  /** What is found, and how many entries are read for it. */
  async function find(asked: AskedAdmissions, entries: readonly Logged<Admission>[]) {
    let read = 0;
    async function* reading() {
      for (const entry of entries) {
        read += 1;
        yield entry;
      }
    }
    return { found: await firstToWait(asked, reading()), read };
  }

  test("is found without reading what waits with it", async () => {
    const many = log(...Array.from({ length: 1000 }, (_, index) => batch(index)));
    expect(await find(digits, many)).toEqual({ found: id(0), read: 1 });
  });

  test("is none of those that were withdrawn, are in quarantine, or were asked for", async () => {
    const entries = log(batch(1), withdraw(2, 2), batch(2), quarantine(3), batch(4), batch(5));
    expect(await find({ ...digits, asked: 1 }, entries)).toEqual({ found: id(4), read: 5 });
    expect(await find({ ...digits, asked: 1 }, entries.slice(0, 4))).toEqual({ found: undefined, read: 4 });
  });

  test("may be one from before there was a log", async () => {
    const asked: AskedAdmissions = { ...digits, earlier: [earlier(1), earlier(2)], waiting: [id(2)] };
    expect(await find(asked, log(batch(3)))).toEqual({ found: id(2), read: 0 });
  });
});
