import type { JudgementRecord, Seen } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { isDue, nextStep, type Prospect } from "./next-step.ts";

const at = (seconds: number) => new Date(Date.parse("2026-11-23T09:00:00Z") + seconds * 1_000);
const iso = (seconds: number) => at(seconds).toISOString();

const seen: Seen = { definition: "d1", champion: "6", championFile: "c1", batches: "b1", file: "f1" };
const closed: Prospect = { open: false, newRows: 0 };
const open = (newRows: number): Prospect => ({ open: true, newRows });

const record = (different: Partial<JudgementRecord>): JudgementRecord => ({
  model: "digits",
  version: "7",
  state: "held",
  since: iso(0),
  lookAt: iso(300),
  nudges: 0,
  firstAskedAt: iso(0),
  asked: {
    command: "one",
    at: iso(0),
    challenge: { model: "digits", version: "7", onnx: { container: "runs", path: "x" }, trainedOn: [] },
  },
  commands: ["one"],
  seen,
  ...different,
});
const held = (held: NonNullable<JudgementRecord["held"]>) => record({ held });
const failing = record({ state: "asked", failure: { name: "MissingModelError", reason: "gone", since: iso(0) } });
const wait = (seconds: number) => ({ kind: "wait", lookAt: at(seconds) });
const ask = (because: string) => ({ kind: "ask", because });

describe("a judgement is looked at", () => {
  test("when it said, not a millisecond before, and never at its end", () => {
    const { lookAt: _, ...ended } = record({ state: "said" });
    expect(isDue(record({}), at(300))).toBe(true);
    expect(isDue(record({}), new Date(at(300).getTime() - 1))).toBe(false);
    expect(isDue(ended, at(9_999))).toBe(false);
  });
});

describe("a judgement that is being made", () => {
  test.each(["asked", "weighed", "decided"] as const)("and does not get on, being %s, is asked for again", (state) => {
    expect(nextStep(record({ state }), seen, closed, at(600))).toEqual(ask("stalled"));
  });

  test("and has failed waits until something that it depends on is another", () => {
    expect(nextStep(failing, seen, open(1_000), at(600))).toEqual(wait(900));
    for (const [change, because] of [
      [{ definition: "d2" }, "definition"],
      [{ file: "f2" }, "file"],
      [{ file: null }, "file"],
      [{ batches: "b2" }, "batches"],
      [{ champion: "5" }, "champion"],
      [{ championFile: "c2" }, "champion"],
    ] as const)
      expect(nextStep(failing, { ...seen, ...change }, closed, at(600))).toEqual(ask(because));
  });
});

describe("a challenger that is held", () => {
  test("is judged again when the champion, its file or the definition is another, whatever holds it", () => {
    for (const hold of ["vote", "cooldown", "champion", "holdout", "rows", "a word of later"]) {
      const one = held({ for: [hold] });
      expect(nextStep(one, seen, closed, at(300))).toEqual(wait(600));
      expect(nextStep(one, { ...seen, champion: "5" }, closed, at(300))).toEqual(ask("champion"));
      expect(nextStep(one, { ...seen, championFile: "c2" }, closed, at(300))).toEqual(ask("champion"));
      expect(nextStep(one, { ...seen, definition: "d2" }, closed, at(300))).toEqual(ask("definition"));
    }
  });

  test("is not judged again because batches were admitted, or its file written, as such", () => {
    const one = held({ for: ["rows"], newRows: 100 });
    expect(nextStep(one, { ...seen, batches: "b2", file: "f2" }, open(99), at(300))).toEqual(wait(600));
  });

  test("by a cooldown is judged again when that is exactly over", () => {
    const one = held({ for: ["cooldown"], until: iso(400) });
    expect(nextStep(one, seen, closed, at(300))).toEqual(wait(400));
    expect(nextStep(one, seen, closed, new Date(at(400).getTime() - 1))).toEqual(wait(400));
    expect(nextStep(one, seen, closed, at(400))).toEqual(ask("cooldown"));
  });

  test("for want of a holdout is judged again when one may be used", () => {
    expect(nextStep(held({ for: ["holdout"] }), seen, open(1), at(300))).toEqual(ask("holdout"));
  });

  test("for want of rows is judged again when there are exactly as many new ones as are wanted, and they may judge", () => {
    const one = held({ for: ["rows"], newRows: 100 });
    expect(nextStep(one, seen, open(99), at(300))).toEqual(wait(600));
    expect(nextStep(one, seen, open(100), at(300))).toEqual(ask("rows"));
    expect(nextStep(one, seen, { open: false, newRows: 100 }, at(300))).toEqual(wait(600));
    expect(nextStep(held({ for: ["rows"] }), seen, open(0), at(300))).toEqual(wait(600));
  });

  test("by several things is judged again when all of them are over", () => {
    const one = held({ for: ["cooldown", "holdout"], until: iso(400) });
    expect(nextStep(one, seen, open(1), at(399))).toEqual(wait(400));
    expect(nextStep(one, seen, closed, at(400))).toEqual(wait(700));
    expect(nextStep(one, seen, open(1), at(400))).toEqual(ask("cooldown"));
  });

  test("and is the champion by now has nothing to wait for", () => {
    const one = held({ for: ["rows"], newRows: 1 });
    expect(nextStep(one, { ...seen, champion: "7" }, open(1), at(300))).toEqual({ kind: "close" });
  });
});
