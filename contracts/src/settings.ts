import { type ServiceName, services } from "./topology.ts";

/** A setting that services read from their environment: what it is, who reads it, and where its value comes from. */
export type Setting = {
  readonly description: string;
  readonly readers: "all" | readonly ServiceName[];
} & (
  | {
      /** Infrastructure knows the value: it has made what is named. */
      readonly from: "infrastructure";
      /** The deployment tells it to `ratchet` and to people, too: as a Terraform output of the same name. */
      readonly deploymentOutput?: true;
    }
  | {
      /** An environment's configuration gives the value; without a default it must. */
      readonly from: "configuration";
      readonly default?: string;
    }
  | {
      /** A key vault holds the value. Only apps that read it have it as a setting; who reads one secret may read the vault. */
      readonly from: "secret";
    }
);

export type SettingsTable = Readonly<Record<string, Setting>>;

/** Every setting that a Ratchet service reads from its environment, and nothing else. Infrastructure sets exactly these. */
export const settings = {
  ServiceBus__fullyQualifiedNamespace: {
    description: "Host name of the Service Bus namespace, e.g. ratchet.servicebus.windows.net.",
    readers: "all",
    from: "infrastructure",
    deploymentOutput: true,
  },
  STORAGE_BLOB_ENDPOINT: {
    description: "Blob endpoint of the data account, e.g. https://ratchet.blob.core.windows.net.",
    readers: "all",
    from: "infrastructure",
    deploymentOutput: true,
  },
  EVENT_GRID_TOPIC_ENDPOINT: {
    description: "Endpoint of the topic `ratchet`, e.g. https://ratchet.westeurope-1.eventgrid.azure.net/api/events.",
    readers: "all",
    from: "infrastructure",
    deploymentOutput: true,
  },
  AZURE_RESOURCE_MANAGER_ENDPOINT: {
    description: "Azure Resource Manager, https://management.azure.com in the public cloud.",
    readers: ["training-runner", "evaluator", "deployer"],
    from: "infrastructure",
    deploymentOutput: true,
  },
  AZURE_SUBSCRIPTION_ID: {
    description: "The subscription that holds the workspace and the inference apps.",
    readers: ["training-runner", "evaluator", "deployer"],
    from: "infrastructure",
    deploymentOutput: true,
  },
  AZURE_RESOURCE_GROUP: {
    description: "The resource group that holds the workspace and the inference apps.",
    readers: ["training-runner", "evaluator", "deployer"],
    from: "infrastructure",
    deploymentOutput: true,
  },
  AZURE_ML_WORKSPACE: {
    description: "Name of the Azure ML workspace.",
    readers: ["training-runner", "evaluator"],
    from: "infrastructure",
    deploymentOutput: true,
  },
  INFERENCE_AUDIENCE: {
    description: "What a token for the inference apps is asked for, e.g. api://00000000-0000-0000-0000-000000000004.",
    readers: ["deployer"],
    from: "infrastructure",
    deploymentOutput: true,
  },
} as const satisfies SettingsTable;

type Settings = typeof settings;

export type SettingName = keyof Settings;

/** The settings whose entry says what is wanted. */
type Named<Wanted> = { [Name in SettingName]: Settings[Name] extends Wanted ? Name : never }[SettingName];

/** The settings that infrastructure itself gives a value. */
export type InfrastructureSetting = Named<{ readonly from: "infrastructure" }>;

/** The settings that `ratchet` and people read, too. */
export type DeploymentSetting = Named<{ readonly deploymentOutput: true }>;

type ReaderOf<Entry extends Setting> = Entry["readers"] extends readonly (infer Service)[] ? Service : ServiceName;

type NameReadBy<Service extends ServiceName> = {
  [Name in SettingName]: [Service] extends [ReaderOf<Settings[Name]>] ? Name : never;
}[SettingName];

/** The settings of a service; of `ServiceName`, those that every service has. */
export type SettingsOf<Service extends ServiceName> = Readonly<Record<NameReadBy<Service>, string>>;

/** The settings that a service reads, in the order of the table. */
export const settingsReadBy = (service: ServiceName, table: SettingsTable = settings): readonly string[] =>
  Object.entries(table)
    .filter(([, { readers }]) => readers === "all" || readers.includes(service))
    .map(([name]) => name);

/** Which service reads which settings. */
export const serviceSettings = Object.fromEntries(
  services.map((service) => [service, settingsReadBy(service)]),
) as unknown as Readonly<Record<ServiceName, readonly SettingName[]>>;

/** A setting that a service needs is not there. Configuration is wrong: trying again cannot help. */
export class MissingSettingsError extends Error {
  override readonly name = "MissingSettingsError";
  readonly missing: readonly string[];

  constructor(service: ServiceName, missing: readonly string[], table: SettingsTable = settings) {
    const told = (secret: boolean) =>
      missing
        .filter((name) => (table[name]?.from === "secret") === secret)
        .map((name) => `${name} (${table[name]?.description})`)
        .join("; ");
    const what = [
      told(false) && `set ${told(false)} in its app settings`,
      told(true) && `put ${told(true)} into the key vault, and have the app resolve it`,
    ];
    super(`${service} cannot start: ${what.filter(Boolean).join("; ")}.`);
    this.missing = missing;
  }
}

/** What stands in the environment where App Service could not resolve a secret: the reference itself. */
const isUnresolved = (value: string) => value.startsWith("@Microsoft.KeyVault(");

/**
 * The settings of a service, read from its environment.
 * @throws {MissingSettingsError} naming every setting that is absent or empty, or a secret that is not in the vault.
 */
export function readSettings<Service extends ServiceName>(
  service: Service,
  environment: Readonly<Record<string, string | undefined>>,
  table: Settings & SettingsTable = settings,
): SettingsOf<Service> {
  const names = settingsReadBy(service, table);
  const values = Object.fromEntries(names.map((name) => [name, environment[name] ?? ""]));
  const missing = names.filter((name) => !values[name] || isUnresolved(values[name]));
  if (missing.length > 0) throw new MissingSettingsError(service, missing, table);
  return values as SettingsOf<Service>;
}
