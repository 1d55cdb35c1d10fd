import { describe, expect, test } from "vitest";
import { letterWith, stackAt } from "../testing/letters.ts";
import { groupOf, throwerIn } from "./cause.ts";
import { countPlaces, groupLetters } from "./groups.ts";

const now = new Date("2026-11-23T10:30:00.000Z");
const failure = letterWith().failure ?? expect.fail("no failure");

describe("letters are of one group", () => {
  test("where the same type of message failed by the same class of error, thrown at the same place", () => {
    const line = (frame: string) => letterWith({ failure: { ...failure, stack: stackAt(frame) } });
    const one = groupOf(line("admitDrop (/app/dist/functions.cjs:4711:9)"));
    expect(groupOf(line("async admitDrop (file:///home/site/dist/functions.cjs:12:1)"))).toBe(one);
    expect(groupOf(line("retry (/app/dist/functions.cjs:4711:9)"))).not.toBe(one);
    expect(groupOf(letterWith({ failure: { ...failure, name: "ContractError" } }))).not.toBe(one);
    expect(groupOf(letterWith({ event: undefined }))).not.toBe(one);
  });

  test("whatever their messages say: those have names and numbers in them", () => {
    expect(groupOf(letterWith({ failure: { ...failure, message: "no model named tides is applied" } }))).toBe(
      groupOf(letterWith()),
    );
  });

  test("by the broker's own reason where no service wrote one", () => {
    const [group] = groupLetters([letterWith({ failure: undefined, brokerReason: "TTLExpiredException" })], now);
    expect(group).toMatchObject({ error: "TTLExpiredException", thrownAt: "", reason: "TTLExpiredException" });
  });
});

test.each([
  ["of a bundle", stackAt("admitDrop (/app/dist/functions.cjs:4711:9)"), "admitDrop (functions.cjs)"],
  ["without a name", stackAt("/app/src/admit.ts:3:1"), "admit.ts"],
  ["of Windows", stackAt("admit (C:\\app\\functions.cjs:3:1)"), "admit (functions.cjs)"],
  [
    "behind Node's and packages' own",
    `E: e\n    at f (node:fs:1:2)\n    at g (/a/node_modules/b/c.js:1:2)\n    at h (/a/d.ts:1:2)`,
    "h (d.ts)",
  ],
  ["of nobody", "E: e", ""],
])("the thrower is read from a stack %s", (_, stack, thrower) => {
  expect(throwerIn(stack)).toBe(thrower);
});

test("a group tells how many, since when, how many were replayed before, and of which models", () => {
  const letters = [
    letterWith({ number: "1", since: "2026-11-23T09:00:00.000Z" }),
    letterWith({
      number: "2",
      since: "2026-11-23T10:00:00.000Z",
      firstFailedAt: "2026-11-20T00:00:00.000Z",
      replays: 2,
    }),
    letterWith({ number: "3", since: "2026-11-23T08:00:00.000Z", failure: { ...failure, name: "ContractError" } }),
  ];
  expect(groupLetters(letters, now)).toMatchObject([
    {
      key: groupOf(letterWith()),
      messageType: "Microsoft.Storage.BlobCreated",
      error: "UnknownModelError",
      thrownAt: "admitDrop (functions.cjs)",
      reason: "UnknownModelError: no model named weather is applied",
      count: 2,
      first: "2026-11-20T00:00:00.000Z",
      last: "2026-11-23T10:00:00.000Z",
      inLastHour: 1,
      replayed: 1,
      mostReplays: 2,
      places: ["data-dropped"],
      models: ["weather"],
    },
    { error: "ContractError", count: 1 },
  ]);
});

test("places are counted, with their oldest letter and how many came within the hour", () => {
  const letters = [
    letterWith({ since: "2026-11-23T09:45:00.000Z" }),
    letterWith({ since: "2026-11-23T08:00:00.000Z" }),
    letterWith({ place: "event-grid", since: "2026-11-23T07:00:00.000Z" }),
  ];
  expect(countPlaces(letters, now)).toEqual([
    {
      place: "data-dropped",
      count: 2,
      oldest: "2026-11-23T08:00:00.000Z",
      newest: "2026-11-23T09:45:00.000Z",
      inLastHour: 1,
    },
    {
      place: "event-grid",
      count: 1,
      oldest: "2026-11-23T07:00:00.000Z",
      newest: "2026-11-23T07:00:00.000Z",
      inLastHour: 0,
    },
  ]);
});
