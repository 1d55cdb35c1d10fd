import type { Decider } from "@ratchet/state";
import { describe, expect, test } from "vitest";
import { given } from "./given.ts";

const door: Decider<"open" | "shut", "open" | "shut" | "break", "opened" | "shut"> = {
  initial: "shut",
  decide(state, command) {
    if (command === "break") throw new Error("it holds");
    return command === state ? [] : [command === "open" ? "opened" : "shut"];
  },
  evolve: (_, event) => (event === "opened" ? "open" : "shut"),
};

describe("given / when / then", () => {
  test("holds a rule to exactly the events that happen", () => {
    given(door).when("open").then("opened");
    given(door, "opened").when("shut").then("shut");
    expect(() => given(door, "opened").when("shut").then("opened")).toThrow();
    expect(() => given(door, "opened").when("shut").thenNothing()).toThrow();
  });

  test("tells nothing from something, and a refusal from both", () => {
    given(door, "opened").when("open").thenNothing();
    given(door).when("break").thenRefused("it holds");
    expect(() => given(door).when("open").thenRefused("it holds")).toThrow();
  });
});
