import { GenericContainer, Network, Wait } from "testcontainers";
import type { RuleFilter } from "../src/index.ts";
import type { EntityPool } from "./entity-pool.ts";
import { type QueueKind, queueKinds, subscriptionKinds } from "./kinds.ts";

/** How many queues of each kind the emulator is given; it takes no more than fifty entities. */
const queuesOfAKind: Readonly<Record<QueueKind, number>> = {
  plain: 24,
  brief: 4,
  sessions: 6,
  briefSessions: 1,
  duplicates: 1,
  expiring: 1,
};
const topicCount = 6;
const databasePassword = "Emulator-0nly-Passw0rd";

/** Starts Microsoft's emulator and the SQL Server that it needs. Entities are named beforehand, as it wants them. */
export async function startEmulator(): Promise<EntityPool> {
  const network = await new Network().start();
  const database = await new GenericContainer("mcr.microsoft.com/mssql/server:2022-latest")
    .withNetwork(network)
    .withNetworkAliases("database")
    .withEnvironment({ ACCEPT_EULA: "Y", MSSQL_SA_PASSWORD: databasePassword })
    .withWaitStrategy(Wait.forLogMessage(/Recovery is complete/))
    .start();
  const emulator = await new GenericContainer("mcr.microsoft.com/azure-messaging/servicebus-emulator:latest")
    .withNetwork(network)
    .withEnvironment({ ACCEPT_EULA: "Y", SQL_SERVER: "database", MSSQL_SA_PASSWORD: databasePassword })
    .withCopyContentToContainer([
      { content: JSON.stringify(config()), target: "/ServiceBus_Emulator/ConfigFiles/Config.json" },
    ])
    .withExposedPorts(5672)
    .withWaitStrategy(Wait.forLogMessage(/Emulator Service is Successfully Up/))
    .start();
  const free = new Map<string, string[]>([
    ...Object.entries(queuesOfAKind).map(([kind, count]) => [kind, names(kind, count)] as const),
    ["topic", names("topic", topicCount)],
  ]);
  const take = (kind: string): string => {
    const name = free.get(kind)?.pop();
    if (!name) throw new Error(`The emulator was given too few entities of kind '${kind}': raise the number.`);
    return name;
  };
  const endpoint = `sb://${emulator.getHost()}:${emulator.getMappedPort(5672)}`;
  return {
    connectionString: `Endpoint=${endpoint};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;`,
    queue: async (kind) => take(kind),
    topic: async () => take("topic"),
    async close() {
      await emulator.stop();
      await database.stop();
      await network.stop();
    },
  };
}

function names(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${index}`);
}

function config() {
  const queues = Object.entries(queuesOfAKind).flatMap(([kind, count]) =>
    names(kind, count).map((Name) => ({ Name, Properties: pascalCase(queueKinds[kind as QueueKind]) })),
  );
  const subscriptions = Object.entries(subscriptionKinds).map(([Name, { rules }]) => ({
    Name,
    Properties: {},
    Rules: (rules ?? []).map(({ name, filter, action }) => ({
      Name: name,
      Properties: { ...filterProperties(filter), ...(action && { Action: { SqlExpression: action.sqlExpression } }) },
    })),
  }));
  const topics = names("topic", topicCount).map((Name) => ({ Name, Properties: {}, Subscriptions: subscriptions }));
  return {
    UserConfig: {
      Namespaces: [{ Name: "sbemulatorns", Queues: queues, Topics: topics }],
      Logging: { Type: "Console" },
    },
  };
}

function filterProperties(filter: RuleFilter) {
  switch (filter.kind) {
    case "correlation": {
      const { kind: _, applicationProperties, subject } = filter;
      return {
        FilterType: "Correlation",
        CorrelationFilter: { Label: subject, Properties: applicationProperties },
      };
    }
    case "sql":
      return { FilterType: "Sql", SqlFilter: { SqlExpression: filter.sqlExpression } };
    default:
      return { FilterType: "Sql", SqlFilter: { SqlExpression: filter.kind === "true" ? "1=1" : "1=0" } };
  }
}

function pascalCase(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );
}
