import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import { createMachineLearning } from "@local-azure/machine-learning";
import { startResourceManager } from "@local-azure/resource-manager";
import { datastores, type Envelope, managementScope, parseEnvelope, trainModel } from "@ratchet/contracts";
import { azureBlobs } from "@ratchet/state";
import { startWorld, until, type World } from "@ratchet/testing";
import { lookAtRun } from "../end/look-at-run.ts";
import { openWorkspace, type Workspace } from "../gateways/workspace.ts";
import type { Runner } from "../runner.ts";
import { train } from "../start/train.ts";
import { sweepJobs } from "../sweep/sweep-jobs.ts";
import { sweepTrainings } from "../sweep/sweep-trainings.ts";
import { type Failing, type FaultyRunner, faultyRunner } from "./faults.ts";

const address = { subscriptionId: "sub", resourceGroup: "group", name: "workspace" } as const;

/** The world of a service with a real workspace in it, whose jobs are processes. Messages are delivered by hand. */
export interface RunnerWorld extends World<"training-runner"> {
  readonly runner: Runner;
  /** What the workspace has raised. */
  readonly workspaceEvents: readonly Envelope[];
  /** The workspace as others use it, and how they name it. */
  readonly others: {
    readonly client: AzureMachineLearningWorkspaces;
    readonly inWorkspace: readonly [group: string, workspace: string];
  };
  /** A runner of which one call fails, or after one call of which somebody else acts. */
  faulty(nth: number, how: Failing | "works", between?: () => Promise<void>): FaultyRunner;
  /** Delivers a message of either queue; `faults` stands in for what fails. */
  deliver(message: Envelope | undefined, now?: Date, faults?: Partial<Workspace>): Promise<void>;
  /** Delivers a message to a runner. */
  deliverTo(runner: Runner, message: Envelope | undefined, now?: Date): Promise<void>;
  /** Has the timers run: that of the slots, that of the jobs. */
  sweep(now: Date, runner?: Runner): Promise<void>;
  sweepJobs(now: Date, runner?: Runner): Promise<void>;
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
    datastores: datastores.map((name) => ({ name, container: name })),
    computes: [
      { name: "cpu-cluster", concurrentJobs: 4 },
      { name: "one-place", concurrentJobs: 1 },
      { name: "no-place", concurrentJobs: 0 },
    ],
    graceMs: 200,
    onEvent: (event) => void workspaceEvents.push(parseEnvelope(event)),
  });
  const manager = await startResourceManager({ tls: authority.server, providers: [machineLearning.provider] });
  const workspace = openWorkspace({ ...address, resourceManager: manager.endpoint }, credential);
  const runner: Runner = { stores: world.service, workspace, outbox: world.service.outbox };
  const client = new AzureMachineLearningWorkspaces(credential, address.subscriptionId, {
    endpoint: manager.endpoint,
    credentialScopes: managementScope,
  });

  const deliverTo: RunnerWorld["deliverTo"] = async (to, message, now) => {
    if (!message) throw new Error("the message to be delivered was never sent");
    const delivery = world.delivery(message, now);
    await (trainModel.is(message) ? train(to, message, delivery) : lookAtRun(to, message, delivery));
  };
  const invocation = (now: Date) => ({ now, log: world.delivery("a timer", now).log });

  return {
    ...world,
    runner,
    workspaceEvents,
    others: { client, inWorkspace: [address.resourceGroup, address.name] },
    faulty(nth, how, between) {
      const { messages, events } = world.recorder.transports;
      const blobs = (container: Parameters<typeof world.container>[0]) => azureBlobs(world.container(container));
      return faultyRunner({ credential, blobs, messages, events, workspace }, nth, how, between);
    },
    deliver: (message, now, faults = {}) =>
      deliverTo({ ...runner, workspace: { ...workspace, ...faults } }, message, now),
    deliverTo,
    sweep: (now, by = runner) => sweepTrainings(by, invocation(now)),
    sweepJobs: (now, by = runner) => sweepJobs(by, invocation(now)),
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
