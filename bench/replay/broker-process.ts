import { startServiceBus } from "@local-azure/service-bus";
import { brokerSettings, queues } from "@ratchet/contracts";

/** The broker as a program, with the queues of Ratchet: `broker-process.ts <data folder>`; says where it is on one line. */
const [data = ""] = process.argv.slice(2);
const bus = await startServiceBus({
  data,
  queues: Object.entries(queues).map(([name, queue]) => ({ name, ...brokerSettings(queue), lockDuration: "PT5S" })),
});
process.once("SIGTERM", () => void bus.close());
console.log(bus.connectionString);
