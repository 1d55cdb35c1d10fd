import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ServiceName, serviceBusConnection, serviceSettings, services } from "@ratchet/contracts";
import { madeOf } from "@ratchet/pipelines";
import { describe, expect, test } from "vitest";
import { configurationOf } from "../configuration/environments.ts";
import { appSettingsOf, resourcesOf, synthesised } from "../synth/synthesised.ts";
import { hostSettings, triggerSettings } from "./environment.ts";
import { platformSettings } from "./inference-app.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const configuration = configurationOf("dev");
const tree = synthesised(configuration);

const hostRead = [...Object.keys(hostSettings), ...Object.keys(triggerSettings)];

/** The names of the settings that infrastructure gives an app. */
function settingsOf(name: string): readonly string[] {
  const site = resourcesOf(tree, "azapi_resource").find((resource) => resource.name === name);
  return site ? Object.keys(appSettingsOf(site)) : [];
}

describe("what infrastructure sets is what a service and its host read, name by name:", () => {
  test.each(services)("%s", (service) => {
    const name = service === "console" ? "console_app_site" : `orchestration_${service}_site`;
    expect([...settingsOf(name)].sort()).toEqual(
      [...serviceSettings[service], ...Object.keys(hostSettings), ...Object.keys(triggerSettings)].sort(),
    );
  });

  test.each(["production", "staging"])("inference, in %s", (slot) => {
    for (const { name } of configuration.serving.models)
      expect([...settingsOf(`serving_${name}_${slot}`)].sort()).toEqual(
        [...Object.keys(hostSettings), ...Object.keys(platformSettings)].sort(),
      );
  });
});

const entryOf = (program: string) => `services/${program}/src/functions.ts`;

describe.each([...services, "inference"])("the program of %s", (program) => {
  const lines = madeOf(entryOf(program)).flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .map((text) => ({ file, text: text.trim() }))
      .filter(({ text }) => text.includes("process.env")),
  );

  test("reads no setting by a name that contracts do not know", () => {
    const own = program in serviceSettings ? serviceSettings[program as ServiceName] : [];
    const allowed: ReadonlySet<string> = new Set([...own, ...hostRead]);
    const named = /process\.env(?:\.([A-Za-z_]\w*)|\[\s*["'`]([^"'`]+)["'`]\s*\])/g;
    const read = lines.flatMap(({ file, text }) =>
      [...text.matchAll(named)].map(([, dotted, quoted]) => ({ file, name: dotted ?? quoted ?? "" })),
    );
    expect(read.filter(({ name }) => !allowed.has(name))).toEqual([]);
  });

  test("hands the environment as a whole to nothing but contracts' reader of settings", () => {
    expect(
      lines.filter(({ text }) => /process\.env(?!\.[A-Za-z]|\[)/.test(text) && !text.includes("readSettings(")),
    ).toEqual([]);
  });
});

test("the trigger's settings belong to the connection that contracts name", () => {
  for (const name of Object.keys(triggerSettings)) expect(name.startsWith(`${serviceBusConnection}__`)).toBe(true);
  expect(Object.keys(serviceSettings["data-watcher"]).length).toBeGreaterThan(0);
});
