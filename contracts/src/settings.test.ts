import { expect, expectTypeOf, test } from "vitest";
import { MissingSettingsError, readSettings, type SettingsOf, serviceSettings, settings } from "./settings.ts";
import { type ServiceName, services } from "./topology.ts";

const environment: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(settings).map((name) => [name, `value of ${name}`]),
);

/** The table with a setting of each other kind, both of the console alone. */
const more = {
  ...settings,
  CHAT_CHANNEL: { description: "The channel to tell.", readers: ["console"], from: "configuration" },
  CHAT_WEBHOOK: { description: "The address to call.", readers: ["console"], from: "secret" },
} as const;

test("a service gets the settings that the table says it reads, and no other", () => {
  expect(readSettings("evaluator", environment)).toEqual({
    ServiceBus__fullyQualifiedNamespace: "value of ServiceBus__fullyQualifiedNamespace",
    STORAGE_BLOB_ENDPOINT: "value of STORAGE_BLOB_ENDPOINT",
    EVENT_GRID_TOPIC_ENDPOINT: "value of EVENT_GRID_TOPIC_ENDPOINT",
  });
  for (const service of services)
    expect(Object.keys(readSettings(service, environment))).toEqual(serviceSettings[service]);
  expect(serviceSettings["training-runner"]).toEqual(Object.keys(settings));
  expect(serviceSettings.deployer).not.toContain("AZURE_ML_WORKSPACE");
});

test("the type of a service's settings has what the table says it reads", () => {
  type Common = "ServiceBus__fullyQualifiedNamespace" | "STORAGE_BLOB_ENDPOINT" | "EVENT_GRID_TOPIC_ENDPOINT";
  expectTypeOf<keyof SettingsOf<ServiceName>>().toEqualTypeOf<Common>();
  expectTypeOf<keyof SettingsOf<"evaluator">>().toEqualTypeOf<Common>();
  expectTypeOf<keyof SettingsOf<"training-runner">>().toEqualTypeOf<keyof typeof settings>();
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
  const CHAT_WEBHOOK = "@Microsoft.KeyVault(VaultName=kv;SecretName=CHAT-WEBHOOK)";
  expect(() => readSettings("console", { ...environment, CHAT_WEBHOOK }, more)).toThrow(
    "console cannot start: set CHAT_CHANNEL (The channel to tell.) in its app settings; " +
      "put CHAT_WEBHOOK (The address to call.) into the key vault and restart it.",
  );
  const given = { ...environment, CHAT_CHANNEL: "#models", CHAT_WEBHOOK: "https://chat.example.com/hook" };
  expect(readSettings("console", given, more)).toMatchObject({ CHAT_WEBHOOK: "https://chat.example.com/hook" });
  expect(readSettings("evaluator", environment, more)).not.toHaveProperty("CHAT_WEBHOOK");
});
