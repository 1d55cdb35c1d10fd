import { execFileSync } from "node:child_process";
import { settings } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { outputs } from "./outputs.ts";
import { MissingOutputsError, shellExports } from "./shell-exports.ts";
import { configurationOf } from "./synth.ts";
import { synthesised } from "./synthesised.ts";

test("a deployment says every setting that contracts know, by its name, and where the console and the models are", () => {
  const { output } = synthesised(configurationOf("dev"));
  expect(Object.keys(output).sort()).toEqual(Object.keys(outputs).sort());
  expect(Object.keys(outputs)).toEqual(expect.arrayContaining(Object.keys(settings)));
});

test("the addresses of the models are JSON once Terraform has filled them in", () => {
  const { output } = synthesised(configurationOf("dev"));
  const value = output["RATCHET_INFERENCE_ENDPOINTS"]?.value ?? "";
  expect(Object.keys(JSON.parse(value.replaceAll(/\$\{[^}]*\}/g, "host")))).toEqual(["digits", "weather"]);
});

test("outputs become what a shell takes, quotes and all", () => {
  const answer = { ONE: { value: '{"digits":"https://x"}' }, TWO: { value: "it's $HOME" } };
  const script = `${shellExports(answer, ["ONE", "TWO"])} printf '%s|%s' "$ONE" "$TWO"`;
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(`{"digits":"https://x"}|it's $HOME`);
});

test("an output that the deployment does not have is named", () => {
  expect(() => shellExports({ ONE: { value: "1" } }, ["ONE", "TWO"])).toThrow(MissingOutputsError);
  expect(() => shellExports({ ONE: { value: "1" } }, ["ONE", "TWO"])).toThrow("no output TWO");
});
