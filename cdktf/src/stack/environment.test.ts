import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ServiceName, serviceBusConnection, serviceSettings, services, settings } from "@ratchet/contracts";
import { madeOf } from "@ratchet/pipelines";
import { describe, expect, test } from "vitest";
import { configurationOf } from "../configuration/environments.ts";
import {
  appSettingsOf,
  armResourcesOf,
  type Resource,
  resourcesOf,
  type Synthesised,
  synthesised,
} from "../synth/synthesised.ts";
import { hostSettings, triggerSettings } from "./environment.ts";
import { platformSettings } from "./inference-app.ts";
import { namesOf } from "./names.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const configuration = configurationOf("dev");
const tree = synthesised(configuration);
const names = namesOf(configuration);

/** Settings that whoever runs an app may choose, and infrastructure leaves alone. */
const chosen: Readonly<Record<string, readonly string[]>> = { inference: ["RATCHET_INFERENCE_HTTP"] };

const hostRead = [...Object.keys(hostSettings), ...Object.keys(triggerSettings)];

/** The app of a service. */
const siteOf = (tree: Synthesised, service: ServiceName) =>
  armResourcesOf(tree, "Microsoft.Web/sites").find(({ attributes }) => attributes["name"] === names.service(service));

/** The names of the settings that infrastructure gives an app. */
const settingsOf = (site: Resource | undefined) => Object.keys(site ? appSettingsOf(site) : {}).sort();

describe("what infrastructure sets is what a service and its host read, name by name:", () => {
  test.each(services)("%s", (service) => {
    expect(settingsOf(siteOf(tree, service))).toEqual(
      [...serviceSettings[service], ...Object.keys(hostSettings), ...Object.keys(triggerSettings)].sort(),
    );
  });

  test.each(["production", "staging"])("inference, in %s", (slot) => {
    for (const { name } of configuration.serving.models) {
      const site = resourcesOf(tree, "azapi_resource").find((resource) => resource.name === `serving_${name}_${slot}`);
      expect(settingsOf(site)).toEqual([...Object.keys(hostSettings), ...Object.keys(platformSettings)].sort());
    }
  });
});

describe("a setting that the configuration gives", () => {
  const table = {
    ...settings,
    EXAMPLE_CHANNEL: {
      description: "The channel to tell.",
      readers: ["deployer"],
      from: "configuration",
      default: "#all",
    },
  } as const;
  /** What each app is given. */
  const channels = (given: Readonly<Record<string, string>>) => {
    const tree = synthesised({ ...configuration, settings: given }, table);
    return services.flatMap((service) => {
      const site = siteOf(tree, service);
      const channel = site && appSettingsOf(site)["EXAMPLE_CHANNEL"];
      return channel === undefined ? [] : [[service, channel]];
    });
  };

  test("is what the table says where the environment says nothing, in the apps that read it", () => {
    expect(channels({})).toEqual([["deployer", "#all"]]);
  });

  test("is what the environment says where it does", () => {
    expect(channels({ EXAMPLE_CHANNEL: "#models" })).toEqual([["deployer", "#models"]]);
  });
});

test("a setting of the infrastructure that it gives no value is named", () => {
  const table = { ...settings, NEW: { description: "New.", readers: "all", from: "infrastructure" } } as const;
  expect(() => synthesised(configuration, table)).toThrow("Nothing gives the setting NEW a value: stack.ts says");
});

// As text: what a handler reads of the environment it reads when a message comes, so loading the program does not show it.
const entryOf = (program: string) => `services/${program}/src/functions.ts`;

describe.each([...services, "inference"])("the program of %s", (program) => {
  const lines = madeOf(entryOf(program)).flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .map((text) => ({ file, text: text.trim() }))
      .filter(({ text }) => text.includes("process.env")),
  );

  test("reads no setting by a name that contracts do not know", () => {
    const own = program in serviceSettings ? serviceSettings[program as ServiceName] : (chosen[program] ?? []);
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
