import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { MissingOutputsError, shellExports } from "./shell-exports.ts";

test("outputs become what a shell takes, quotes and all", () => {
  const answer = { ONE: { value: '{"digits":"https://x"}' }, TWO: { value: "it's $HOME" } };
  const script = `${shellExports(answer, ["ONE", "TWO"])} printf '%s|%s' "$ONE" "$TWO"`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(`{"digits":"https://x"}|it's $HOME`);
});

test("an output that the deployment does not have is named", () => {
  expect(() => shellExports({ ONE: { value: "1" } }, ["ONE", "TWO"])).toThrow(MissingOutputsError);
  expect(() => shellExports({ ONE: { value: "1" } }, ["ONE", "TWO"])).toThrow("no output TWO");
});
