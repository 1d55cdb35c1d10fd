import { expect, test } from "vitest";
import { unexcusedEnds } from "./own-ends.ts";

const calmSince = 100;
const life = {
  startedAt: 90,
  readyAt: 95,
  endedAt: 110,
  endsSince: undefined,
  how: "with exit code 1",
  lastLines: ["no"],
};
const amiss = [{ sentence: "ratchet up ended by itself with exit code 1: no", at: 110 }];

test("that ratchet up ends by itself when the faults are over is amiss, whether it was up by then or begins anew", () => {
  expect(unexcusedEnds([life], calmSince)).toEqual(amiss);
  expect(unexcusedEnds([{ ...life, startedAt: 101, readyAt: undefined }], calmSince)).toEqual(amiss);
});

test("it may end in the midst of the faults, when it is told to, or where the last fault met its start", () => {
  expect(unexcusedEnds([{ ...life, endedAt: 99 }], calmSince)).toEqual([]);
  expect(unexcusedEnds([{ ...life, endsSince: 105 }], calmSince)).toEqual([]);
  expect(unexcusedEnds([{ ...life, readyAt: undefined }], calmSince)).toEqual([]);
  expect(unexcusedEnds([{ ...life, endedAt: undefined }], calmSince)).toEqual([]);
});
