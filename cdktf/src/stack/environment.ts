import {
  type InfrastructureSetting,
  type ServiceName,
  type SettingsTable,
  serviceBusConnection,
  settingsReadBy,
} from "@ratchet/contracts";

/**
 * The environment of a function app: what the service reads (contracts say which setting is whose) and what its host,
 * the Azure SDKs and the telemetry read. No setting is a key, and a secret is a reference to where it is kept.
 */

export type SettingValues = Readonly<Record<InfrastructureSetting, string>>;

/** Where the value of each setting of the table comes from. */
export interface SettingSources {
  readonly table: SettingsTable;
  readonly infrastructure: SettingValues;
  readonly configuration: Readonly<Record<string, string>>;
  /** What stands in the app's settings in place of a secret, where there is any. */
  readonly secretReference?: (name: string) => string;
}

/** The secrets among the settings of a service. */
export const secretsReadBy = (service: ServiceName, table: SettingsTable): readonly string[] =>
  settingsReadBy(service, table).filter((name) => table[name]?.from === "secret");

interface HostValues {
  readonly clientId: string;
  readonly hostAccount: string;
  /** An address: Application Insights takes no data but from identities (`localAuthenticationDisabled`). */
  readonly applicationInsightsConnectionString: string;
}

/** Read by the Functions host, not by our code: what they are for. */
export const hostSettings = {
  AzureWebJobsStorage__accountName: "the host's own storage account",
  AzureWebJobsStorage__credential: "… reached with an identity",
  AzureWebJobsStorage__clientId: "… and which",
  AZURE_CLIENT_ID: "the identity that DefaultAzureCredential takes of those the app has",
  APPLICATIONINSIGHTS_CONNECTION_STRING: "where telemetry goes",
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: "… as which identity",
} as const;

/** Read by the Service Bus trigger beside `ServiceBus__fullyQualifiedNamespace`. */
export const triggerSettings = {
  [`${serviceBusConnection}__credential`]: "the trigger receives with an identity",
  [`${serviceBusConnection}__clientId`]: "… and which",
} as const;

/** Settings of every function app, inference included. */
export function hostEnvironment(host: HostValues): Record<keyof typeof hostSettings, string> {
  return {
    AzureWebJobsStorage__accountName: host.hostAccount,
    AzureWebJobsStorage__credential: "managedidentity",
    AzureWebJobsStorage__clientId: host.clientId,
    AZURE_CLIENT_ID: host.clientId,
    APPLICATIONINSIGHTS_CONNECTION_STRING: host.applicationInsightsConnectionString,
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `Authorization=AAD;ClientId=${host.clientId}`,
  };
}

/** Settings of a service that moves messages. */
export function serviceEnvironment(
  service: ServiceName,
  host: HostValues,
  sources: SettingSources,
): Readonly<Record<string, string>> {
  const names = settingsReadBy(service, sources.table);
  return {
    ...hostEnvironment(host),
    ...Object.fromEntries(names.map((name) => [name, settingValue(name, sources)])),
    [`${serviceBusConnection}__credential`]: "managedidentity",
    [`${serviceBusConnection}__clientId`]: host.clientId,
  };
}

function settingValue(name: string, sources: SettingSources): string {
  const { table, infrastructure, configuration, secretReference } = sources;
  const setting = table[name];
  switch (setting?.from) {
    case "infrastructure":
      return known(name, (infrastructure as Readonly<Record<string, string>>)[name]);
    case "configuration":
      return known(name, configuration[name] ?? setting.default);
    case "secret":
      return known(name, secretReference?.(name));
    case undefined:
      return known(name, undefined);
  }
}

function known(name: string, value: string | undefined): string {
  if (value === undefined)
    throw new RangeError(
      `Nothing gives the setting ${name} a value: stack.ts says what the infrastructure knows, config/ what it does not.`,
    );
  return value;
}
