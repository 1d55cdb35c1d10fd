import { expect, expectTypeOf, test } from "vitest";
import { MissingSettingsError, readSettings, type SettingsOf, settings, settingsReadBy } from "./settings.ts";
import { type ServiceName, services } from "./topology.ts";

/** The table with a setting of each other kind, both of the console alone. */
const table = {
  ...settings,
  EXAMPLE_CHANNEL: { description: "The channel to tell.", readers: ["console"], from: "configuration" },
  EXAMPLE_WEBHOOK: { description: "The address to call.", readers: ["console"], from: "secret" },
} as const;

const environment: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(table).map((name) => [name, `value of ${name}`]),
);

test("a service gets the settings that the table says it reads, and no other", () => {
  for (const service of services) {
    const read = readSettings(service, environment, table);
    expect(Object.keys(read)).toEqual(settingsReadBy(service, table));
    expect(read).toHaveProperty("STORAGE_BLOB_ENDPOINT", "value of STORAGE_BLOB_ENDPOINT");
    expect("EXAMPLE_WEBHOOK" in read, service).toBe(service === "console");
    expect("AZURE_ML_WORKSPACE" in read, service).toBe(service === "training-runner" || service === "evaluator");
  }
});

test("the type of a service's settings has what the table says it reads", () => {
  expectTypeOf<"STORAGE_BLOB_ENDPOINT">().toExtend<keyof SettingsOf<ServiceName>>();
  expectTypeOf<"AZURE_SUBSCRIPTION_ID">().not.toExtend<keyof SettingsOf<ServiceName>>();
  expectTypeOf<"AZURE_SUBSCRIPTION_ID">().toExtend<keyof SettingsOf<"deployer">>();
  expectTypeOf<"AZURE_ML_WORKSPACE">().toExtend<keyof SettingsOf<"training-runner">>();
  expectTypeOf<"AZURE_ML_WORKSPACE">().not.toExtend<keyof SettingsOf<"deployer">>();
});

test("every setting that is absent or empty is named with what it is", () => {
  const { AZURE_SUBSCRIPTION_ID: _, ...rest } = environment;
  const read = () => readSettings("deployer", { ...rest, STORAGE_BLOB_ENDPOINT: "" });
  expect(read).toThrow(MissingSettingsError);
  expect(read).toThrow(
    "deployer cannot start: set STORAGE_BLOB_ENDPOINT (Blob endpoint of the data account, e.g. " +
      "https://ratchet.blob.core.windows.net.); AZURE_SUBSCRIPTION_ID (The subscription that holds the workspace and " +
      "the inference apps.) in its app settings.",
  );
});

test("a secret that App Service could not resolve is missing, and said to belong into the vault", () => {
  const EXAMPLE_WEBHOOK = "@Microsoft.KeyVault(VaultName=kv;SecretName=EXAMPLE-WEBHOOK)";
  expect(() => readSettings("console", { ...environment, EXAMPLE_CHANNEL: "", EXAMPLE_WEBHOOK }, table)).toThrow(
    "console cannot start: set EXAMPLE_CHANNEL (The channel to tell.) in its app settings; " +
      "put EXAMPLE_WEBHOOK (The address to call.) into the key vault, and have the app resolve it.",
  );
});

test("a name is one that an environment variable may have, and a secret too once its underscores are hyphens", () => {
  for (const name of Object.keys(settings)) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]*$/);
});
