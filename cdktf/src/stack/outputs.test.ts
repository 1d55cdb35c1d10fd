import { settings } from "@ratchet/contracts";
import { expect, test } from "vitest";
import { configurationOf } from "../configuration/environments.ts";
import { synthesised } from "../synth/synthesised.ts";

test("a deployment says what `ratchet` and people read of it, and where the console and the models are", () => {
  const { output } = synthesised(configurationOf("dev"));
  const told = Object.entries(settings).filter(([, setting]) => "deploymentOutput" in setting);
  const places = ["RATCHET_EVENT_TOPIC", "RATCHET_CONSOLE_ENDPOINT", "RATCHET_INFERENCE_ENDPOINTS"];
  expect(Object.keys(output).sort()).toEqual([...told.map(([name]) => name), ...places].sort());
  for (const [name, { description }] of told) expect(output[name]?.description).toBe(description);
});

test("a service's own setting is no output, wherever its value comes from", () => {
  const table = {
    ...settings,
    AZURE_ML_WORKSPACE: { description: "The workspace.", readers: ["training-runner"], from: "infrastructure" },
    EXAMPLE_CHANNEL: { description: "The channel.", readers: ["console"], from: "configuration", default: "#all" },
    EXAMPLE_WEBHOOK: { description: "The address.", readers: ["console"], from: "secret" },
  } as const;
  const { AZURE_ML_WORKSPACE: _, ...rest } = synthesised(configurationOf("dev")).output;
  expect(synthesised(configurationOf("dev"), table).output).toEqual(rest);
});

test("the addresses of the models are JSON once Terraform has filled them in", () => {
  const { output } = synthesised(configurationOf("dev"));
  const value = output["RATCHET_INFERENCE_ENDPOINTS"]?.value ?? "";
  expect(Object.keys(JSON.parse(value.replaceAll(/\$\{[^}]*\}/g, "host")))).toEqual(["digits", "weather"]);
});
