import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Surroundings } from "@ratchet/operators";
import { azureBlobs } from "@ratchet/state";
import type { Deployment } from "./deployment.ts";
import { operatorName } from "./operator.ts";

/** What an operator's work stands on in a deployment: with the operator's own rights, and in the operator's name. */
export const groundOf = (deployment: Deployment): Surroundings => ({
  by: operatorName(),
  worker: `${hostname()}/${process.pid}`,
  client: () => deployment.serviceBus(),
  operations: azureBlobs(deployment.container("operations")),
  documents: deployment.documents("operations"),
  undelivered: azureBlobs(deployment.container("event-dead-letters")),
  clock: () => new Date(),
  pause: async (milliseconds) => void (await pause(milliseconds)),
});
