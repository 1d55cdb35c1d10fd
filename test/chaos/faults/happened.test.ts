import { describe, expect, test } from "vitest";
import type { Answer } from "../load/predictions.ts";
import type { Life } from "../stack/ratchet-up.ts";
import { type HappenedFault, isWithin, type Trouble, windowsOf } from "./happened.ts";

const app = "inference-alpha";
const now = 1_000_000;

const fault = (change: Partial<HappenedFault>): HappenedFault => ({
  kind: "kill a process of an app",
  words: "",
  excuses: [app],
  at: 1_000,
  until: 1_000,
  ...change,
});
const life = (change: Partial<Life>): Life => ({
  processId: 1,
  startedAt: 0,
  readyAt: 500,
  endedAt: undefined,
  how: "",
  code: null,
  endsSince: undefined,
  lastLines: [],
  ...change,
});
const answers = (...begun: readonly number[]): readonly Answer[] =>
  begun.map((moment) => ({ model: "alpha", begun: moment, ended: moment + 10, x: 0, body: {} }));

const trouble = (change: Partial<Trouble>): Trouble => ({ faults: [], lives: [], standstills: [], ...change });

describe("an app may leave its callers without an answer", () => {
  test("from a fault of its own process to its first answer after that", () => {
    expect(windowsOf(app, trouble({ faults: [fault({})] }), answers(500, 900, 4_000, 5_000), now)).toEqual([
      { from: 1_000, to: 4_000 },
    ]);
    expect(windowsOf(app, trouble({ faults: [fault({ until: 4_500 })] }), answers(4_000, 5_000), now)).toEqual([
      { from: 1_000, to: 5_000 },
    ]);
  });

  test("for two minutes at most where it does not answer again", () => {
    expect(windowsOf(app, trouble({ faults: [fault({})] }), [], now)).toEqual([{ from: 1_000, to: 121_000 }]);
  });

  test("not because of a fault that meets others", () => {
    expect(
      windowsOf(app, trouble({ faults: [fault({ excuses: [] }), fault({ excuses: ["inference-beta"] })] }), [], now),
    ).toEqual([]);
    expect(windowsOf(app, trouble({ faults: [fault({ excuses: "all" })] }), answers(2_000), now)).toEqual([
      { from: 1_000, to: 2_000 },
    ]);
  });

  test("while ratchet up is started again, from when it was killed or began to end by itself", () => {
    const killed = [life({ endsSince: 10_000, endedAt: 10_100 }), life({ startedAt: 10_600, readyAt: 14_000 })];
    expect(windowsOf(app, trouble({ lives: killed }), answers(9_000, 13_000, 14_500), now)).toEqual([
      { from: 10_000, to: 14_500 },
    ]);
    const ended = [life({ endedAt: 50_000 }), life({ startedAt: 50_500, readyAt: 60_000 })];
    expect(windowsOf(app, trouble({ lives: ended }), answers(61_000), now)).toEqual([{ from: 20_000, to: 61_000 }]);
    expect(
      windowsOf(app, trouble({ lives: [life({ endedAt: 50_000 }), life({ readyAt: undefined })] }), [], now),
    ).toEqual([{ from: 20_000, to: now }]);
  });
});

test("an app need not answer while the machine stands still", () => {
  const standstills = [{ from: 1_000, to: 9_000 }];
  expect(windowsOf(app, trouble({ standstills }), answers(500, 9_100), now)).toEqual([{ from: 1_000, to: 9_100 }]);
});

test("a request has an excuse if any of its time has one", () => {
  const windows = [{ from: 1_000, to: 2_000 }];
  expect(isWithin({ begun: 500, ended: 1_000 }, windows)).toBe(true);
  expect(isWithin({ begun: 2_000, ended: 9_000 }, windows)).toBe(true);
  expect(isWithin({ begun: 500, ended: 999 }, windows)).toBe(false);
  expect(isWithin({ begun: 2_001, ended: 2_002 }, windows)).toBe(false);
});
