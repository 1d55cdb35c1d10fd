import { createMachineLearning } from "@local-azure/machine-learning";
import { startResourceManager } from "@local-azure/resource-manager";
import { type Envelope, parseEnvelope, trainModel } from "@ratchet/contracts";
import { startWorld, until, type World } from "@ratchet/testing";
import { lookAtRun } from "../end/look-at-run.ts";
import { openWorkspace, type Workspace } from "../gateways/workspace.ts";
import type { Runner } from "../runner.ts";
import { train } from "../start/train.ts";

const address = { subscriptionId: "sub", resourceGroup: "group", name: "workspace" } as const;

/** The world of a service with a real workspace in it, whose jobs are processes. Messages are delivered by hand. */
export interface RunnerWorld extends World<"training-runner"> {
  readonly runner: Runner;
  /** What the workspace has raised. */
  readonly workspaceEvents: readonly Envelope[];
  /** Delivers a message of either queue; `faults` stands in for what fails. */
  deliver(message: Envelope | undefined, now?: Date, faults?: Partial<Workspace>): Promise<void>;
  /** Waits until the workspace has told that a run has a status, and gives that event. */
  told(runId: string, status: string): Promise<Envelope>;
}

/** Starts the world of this service's tests, once for a file. */
export async function startRunnerWorld(): Promise<RunnerWorld> {
  const world = await startWorld("training-runner");
  const { authority, credential, blobEndpoint } = world.azure;
  const workspaceEvents: Envelope[] = [];
  const machineLearning = await createMachineLearning({
    workspace: address,
    storage: { blobEndpoint },
    datastores: [{ name: "runs", container: "runs" }],
    computes: [{ name: "cpu-cluster", concurrentJobs: 4 }],
    graceMs: 200,
    onEvent: (event) => void workspaceEvents.push(parseEnvelope(event)),
  });
  const manager = await startResourceManager({ tls: authority.server, providers: [machineLearning.provider] });
  const workspace = openWorkspace({ ...address, resourceManager: manager.endpoint }, credential);
  const runner: Runner = { stores: world.service, workspace, outbox: world.service.outbox };

  return {
    ...world,
    runner,
    workspaceEvents,
    async deliver(message, now, faults = {}) {
      if (!message) throw new Error("the message to be delivered was never sent");
      const faulty: Runner = { ...runner, workspace: { ...workspace, ...faults } };
      const delivery = world.delivery(message, now);
      await (trainModel.is(message) ? train(faulty, message, delivery) : lookAtRun(faulty, message, delivery));
    },
    told: (runId, status) =>
      until(`${runId} to be ${status}`, () =>
        workspaceEvents.find(
          ({ subject, data }) => subject.endsWith(`/runs/${runId}`) && Object(data).runStatus === status,
        ),
      ),
    async [Symbol.asyncDispose]() {
      await manager.close();
      await machineLearning.close();
      await world[Symbol.asyncDispose]();
    },
  };
}
