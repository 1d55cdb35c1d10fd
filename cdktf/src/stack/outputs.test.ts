import { settings } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { configurationOf } from "../configuration/environments.ts";
import { synthesised } from "../synth/synthesised.ts";
import { outputs } from "./outputs.ts";

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
