import { type ServeOptions, serveServiceBus } from "@local-azure/service-bus";
import { WrongInputError } from "../errors.ts";

/** Options as they were typed. */
export type ServiceBusCommand = Omit<ServeOptions, "synchronous" | "print"> & { readonly synchronous: string };

const isSynchronous = (text: string): text is "FULL" | "NORMAL" => text === "FULL" || text === "NORMAL";

/** Runs the Service Bus until it is asked to stop. Its connection string is the one line on standard output. */
export async function runServiceBus({ synchronous, ...options }: ServiceBusCommand): Promise<void> {
  if (!isSynchronous(synchronous)) throw new WrongInputError(`--synchronous is FULL or NORMAL, not ${synchronous}`);
  await serveServiceBus({ ...options, synchronous });
}
