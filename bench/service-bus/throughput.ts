import { connect } from "./amqp-connection.ts";
import type { Broker, Durability } from "./broker.ts";
import type { LocalAzureBroker } from "./local-azure.ts";
import { type Measurement, type Pace, summarise } from "./measurement.ts";
import { connectSdk } from "./sdk-client.ts";
import { rheaWorks, type Scale, sdkWorks, type Work } from "./works.ts";

/** The same rhea client on each broker. Rounds take turns, so that a noisy minute falls on both; the first warms up. */
export const measureRhea = async (
  brokers: readonly Broker[],
  durability: Durability,
  scale: Scale,
  rounds: number,
): Promise<readonly Measurement[]> => {
  const results = new Map(brokers.map((broker) => [broker, [] as Pace[][]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const broker of brokers) {
      const connection = await connect(broker.host, broker.port);
      const paces = await runAll(rheaWorks(broker.address("rhea"), scale), connection, durability);
      await connection.close();
      if (round > 0) results.get(broker)?.push(paces);
    }
  }
  const names = rheaWorks("", scale).map(({ name }) => name);
  return [...results].flatMap(([{ name: broker }, all]) =>
    names.map((work, index) => summarise({ work, durability, broker, client: "rhea" }, columnOf(all, index))),
  );
};

/** Our broker through the client that it is made for; no other broker speaks its dialect. */
export const measureSdk = async (
  broker: LocalAzureBroker,
  durability: Durability,
  scale: Scale,
  rounds: number,
): Promise<readonly Measurement[]> => {
  const sdk = connectSdk(broker.connectionString, broker.address("sdk"));
  const works = sdkWorks(scale);
  const all: Pace[][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const paces = await runAll(works, sdk, durability);
    if (round > 0) all.push(paces);
  }
  await sdk.close();
  return works.map(({ name: work }, index) =>
    summarise({ work, durability, broker: broker.name, client: "@azure/service-bus" }, columnOf(all, index)),
  );
};

const runAll = async <Connection>(
  works: readonly Work<Connection>[],
  connection: Connection,
  durability: Durability,
): Promise<Pace[]> => {
  const paces: Pace[] = [];
  for (const work of works) paces.push(await work.run(connection, durability));
  return paces;
};

const columnOf = (rounds: readonly (readonly Pace[])[], index: number): readonly Pace[] =>
  rounds.flatMap((round) => round[index] ?? []);
