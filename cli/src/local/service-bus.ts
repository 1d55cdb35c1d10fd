import { readConfigFile, startServiceBus } from "@local-azure/service-bus";
import { WrongInputError } from "../errors.ts";
import { untilStopped } from "./until-stopped.ts";

export interface ServiceBusCommand {
  readonly port?: number;
  readonly data?: string;
  readonly config?: string;
  readonly synchronous: string;
}

const isSynchronous = (text: string): text is "FULL" | "NORMAL" => text === "FULL" || text === "NORMAL";

/** Runs the Service Bus until it is asked to stop. Its connection string is the one line on standard output. */
export async function runServiceBus({ port, data, config, synchronous }: ServiceBusCommand): Promise<void> {
  if (!isSynchronous(synchronous)) throw new WrongInputError(`--synchronous is FULL or NORMAL, not ${synchronous}`);
  const topology = config ? await readConfigFile(config) : {};
  await using bus = await startServiceBus({
    ...topology,
    synchronous,
    ...(port === undefined ? {} : { port }),
    ...(data === undefined ? {} : { data }),
  });
  process.stdout.write(`${bus.connectionString}\n`);
  await untilStopped();
}
