import { startServiceBus } from "@local-azure/service-bus";
import { QUEUES } from "./broker.ts";

/** The broker as a program: `local-azure-process.ts [data folder]`; says where it is on one line, ends on SIGTERM. */
const [data] = process.argv.slice(2);
const bus = await startServiceBus({
  queues: QUEUES.map((name) => ({ name, lockDuration: "PT5M" })),
  ...(data && { data }),
});
process.once("SIGTERM", () => {
  void bus.close();
});
console.log(bus.connectionString);
