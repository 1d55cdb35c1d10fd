import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type SettingsTable, settings } from "@ratchet/contracts";
import { describe, expect, test } from "vitest";
import { ConfigurationError, type ConfigurationFault, parseConfiguration } from "./configuration.ts";
import { configurationOf, environments } from "./environments.ts";

const dev = readFileSync(join(import.meta.dirname, "..", "..", "config", "dev.yaml"), "utf8");

function faultsOf(
  source: string,
  file = "config/dev.yaml",
  table: SettingsTable = settings,
): readonly ConfigurationFault[] {
  try {
    parseConfiguration(file, source, table);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
}

/** The configuration of dev with a text in it changed, and the line where that is. */
function changed(from: string, to: string): { source: string; line: number } {
  expect(dev).toContain(from);
  return { source: dev.replace(from, to), line: dev.slice(0, dev.indexOf(from)).split("\n").length };
}

test("the configurations that come with Ratchet are right", () => {
  expect(environments()).toEqual(["dev", "prod"]);
  for (const environment of environments()) expect(configurationOf(environment).environment).toBe(environment);
});

test.each([
  ["replication: LRS", "replication: RAGRS", "storage.replication", /LRS/],
  ["region: westeurope", "region: West Europe", "region", /a region such as westeurope/],
  ["subscription: 0", "subscription: x", "subscription", /must be a GUID/],
  ["sku: Standard", "sku: Premium", "messaging.capacity", /is given for a Premium namespace/],
  ["sku: P0v3", "sku: B1", "serving.plans.shared.sku", /must be a plan with staging slots/],
  ["sku: P0v3", "sku: P0v3, zoneRedundant: true", "serving.plans.shared.workers", /at least 2/],
  ["maxNodes: 2", "maxNodes: 0", "training.clusters.cpu-cluster.maxNodes", />=\s?1/],
  [
    "app: inference-weather, plan: shared",
    "app: inference-weather, plan: big",
    "serving.models.1.plan",
    /not one of the plans: shared/,
  ],
  [
    "app: inference-weather, plan: shared }",
    "app: inference-weather, plan: shared }\n  callers: [{ name: shop, objectId: anybody }]",
    "serving.callers.0.objectId",
    /must be a GUID/,
  ],
  ["name: weather", "name: digits", "serving.models.1.name", /digits is there twice/],
  [
    "app: inference-weather,",
    "app: inference-weather-in-the-norths,",
    "serving.models.1.app",
    /2 to 30 lower-case letters, digits and hyphens/,
  ],
  ["emails: [machine-learning@example.com]", "emails: []", "alerts.emails", /names nobody/],
  ["startsOn: 2026-12-01", "startsOn: 2026-12-24", "budget.startsOn", /the first of a month/],
  ["region: westeurope", "region: westeurope\ncolour: blue", "colour", /is not a field/],
] as const)("%s made %s is refused with its field, its line and the reason", (from, to, field, reason) => {
  const { source, line } = changed(from, to);
  const faults = faultsOf(source);
  expect(faults.map((fault) => fault.field)).toEqual([field]);
  expect(faults[0]).toMatchObject({ file: "config/dev.yaml", line: line + to.split("\n").length - 1 });
  expect(faults[0]?.reason).toMatch(reason);
});

test("a field that is missing is told at the nearest thing around it", () => {
  const { source, line } = changed("{ replication: LRS, ", "{ ");
  expect(faultsOf(source)).toMatchObject([{ field: "storage.replication", line }]);
});

test("all faults are told at once", () => {
  const source = dev.replace("LRS", "X").replace("westeurope", "West Europe").replace("sku: P0v3", "sku: B1");
  expect(faultsOf(source).map(({ field }) => field)).toEqual([
    "region",
    "storage.replication",
    "serving.plans.shared.sku",
  ]);
});

test("a file that is not YAML is refused at its line", () => {
  const [fault] = faultsOf("environment: dev\norganisation: [acme\nregion: westeurope\n");
  expect(fault).toMatchObject({ file: "config/dev.yaml", field: "" });
  expect(fault?.line).toBeGreaterThan(1);
});

test("a file is named for its environment", () => {
  expect(faultsOf(dev, "config/test.yaml")).toMatchObject([
    { file: "config/test.yaml", field: "environment", reason: "is dev, so the file must be named dev.yaml" },
  ]);
});

describe("the settings that an environment gives its services", () => {
  const table = {
    AZURE_RESOURCE_GROUP: settings.AZURE_RESOURCE_GROUP,
    EXAMPLE_CHANNEL: { description: "The channel to tell.", readers: ["console"], from: "configuration" },
    EXAMPLE_TONE: { description: "How to tell it.", readers: ["console"], from: "configuration", default: "dry" },
    EXAMPLE_WEBHOOK: { description: "The address to call.", readers: ["console"], from: "secret" },
  } as const;
  const bare = dev.replace(/^settings:.*\n(?:[ #].*\n)*/m, "");
  const given = (lines: string) => `${bare}settings:\n${lines}`;
  const line = bare.split("\n").length + 1;

  test("are taken, and may be left out where the table has a default", () => {
    const parsed = parseConfiguration("config/dev.yaml", given('  EXAMPLE_CHANNEL: "#models"\n'), table);
    expect(parsed.settings).toEqual({ EXAMPLE_CHANNEL: "#models" });
  });

  test.each([
    ["  EXAMPLE_CHANEL: x\n  EXAMPLE_CHANNEL: x\n", "settings.EXAMPLE_CHANEL", /is not a setting of any service/],
    ["  toString: x\n  EXAMPLE_CHANNEL: x\n", "settings.toString", /is not a setting of any service/],
    ["  AZURE_RESOURCE_GROUP: x\n  EXAMPLE_CHANNEL: x\n", "settings.AZURE_RESOURCE_GROUP", /sets it itself/],
    ["  EXAMPLE_WEBHOOK: https://x\n  EXAMPLE_CHANNEL: x\n", "settings.EXAMPLE_WEBHOOK", /goes into the key vault/],
    ["  EXAMPLE_CHANNEL: 007\n", "settings.EXAMPLE_CHANNEL", /must be text: put it in quotes/],
    ['  EXAMPLE_CHANNEL: ""\n', "settings.EXAMPLE_CHANNEL", /is empty/],
  ] as const)("%j is refused with field, line and reason", (lines, field, reason) => {
    expect(faultsOf(given(lines), "config/dev.yaml", table)).toEqual([
      { file: "config/dev.yaml", line, field, reason: expect.stringMatching(reason) },
    ]);
  });

  test.each([bare, given("  EXAMPLE_TONE: warm\n")])("are asked for where the table has no default", (source) => {
    expect(faultsOf(source, "config/dev.yaml", table)).toMatchObject([
      { field: "settings.EXAMPLE_CHANNEL", reason: "is missing: The channel to tell." },
    ]);
  });
});

test("an environment that is not configured is refused by synth before anything is written", async () => {
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(
      process.execPath,
      [join(import.meta.dirname, "..", "bin", "synth.ts"), "staging"],
      (error, _stdout, stderr) => resolve({ code: error?.code, stderr }),
    ),
  );
  expect(code).toBe(64);
  expect(stderr.trim()).toBe("There is no environment staging; config/ has dev, prod.");
});
