import type { Wish } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { TooManyWaitingError, wait } from "./waiting.ts";

const promote = (version: string, id = `command ${version}`): Wish => ({
  id,
  kind: "promote",
  model: "digits",
  version,
});
const force = (version: string): Wish => ({
  ...promote(version, `forced ${version}`),
  kind: "force",
  reason: "a fair",
});
const many = <Of>(count: number, of: (version: string) => Of): readonly Of[] =>
  Array.from({ length: count }, (_, index) => of(String(index + 1)));

describe("what waits for a deployment to end", () => {
  test("waits in the order in which it came", () => {
    expect(wait([promote("2")], force("1"), "app")).toEqual([promote("2"), force("1")]);
  });

  test("waits once, whether the same command comes again or another that wants the same", () => {
    const waiting = [promote("2"), force("1")];
    expect(wait(waiting, promote("2"), "app")).toBe(waiting);
    expect(wait(waiting, promote("2", "another command"), "app")).toBe(waiting);
    expect(wait(waiting, { ...promote("2", "another command"), code: "c" }, "app")).toHaveLength(3);
    expect(wait(waiting, { ...promote("3"), id: "command 2" }, "app")).toBe(waiting);
  });

  test("waits beside what wants another thing of the same version, or the same of another model", () => {
    const forced = { ...promote("2", "another command"), kind: "force" as const, reason: "a fair" };
    expect(wait([promote("2")], forced, "app")).toEqual([promote("2"), forced]);
    const letters = { ...promote("2", "another command"), model: "letters" };
    expect(wait([promote("2")], letters, "app")).toEqual([promote("2"), letters]);
  });

  test("is never new code: that is looked at when the deployment has ended", () => {
    const waiting = [promote("2")];
    expect(wait(waiting, { ...promote("1"), kind: "code" }, "app")).toBe(waiting);
  });

  test("is 16 at most: the challenger that has waited longest gives way, and nothing that an operator asked for does", () => {
    const full = [force("99"), ...many(15, promote)];
    expect(wait(full.slice(0, 15), promote("16"), "app")).toEqual([force("99"), ...many(14, promote), promote("16")]);
    expect(wait(full, promote("16"), "app")).toEqual([force("99"), ...many(16, promote).slice(1)]);
    const act = () => wait(many(16, force), promote("17"), "app");
    expect(act).toThrow(TooManyWaitingError);
    expect(act).toThrow(/16 commands wait already for the deployment of app to end/);
  });
});
