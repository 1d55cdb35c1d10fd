import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { createMachineLearning } from "@local-azure/machine-learning";
import { startResourceManager } from "@local-azure/resource-manager";
import { startStorage } from "@local-azure/storage";
import { checkRun, type Envelope, parseEnvelope, paths, type TrainModel, trainModel } from "@ratchet/contracts";
import { createOutbox, type Delivery, TransientError } from "@ratchet/messaging";
import { documentStore } from "@ratchet/state";
import { lookAtRun } from "../look-at-run.ts";
import { readRunSignal } from "../run-signal.ts";
import type { Runner } from "../runner.ts";
import { train } from "../train.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";
import { applied } from "./definitions.ts";

/** A message with the time before which it is not delivered. */
export type Sent = Envelope & { readonly notBefore?: Date };

const address = { subscriptionId: "sub", resourceGroup: "group", name: "workspace" } as const;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Waits for what `look` shall find. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`waited 20 s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/**
 * Real storage and a real workspace whose jobs are processes, under the training-runner; and a record of what it says.
 * Messages are delivered by hand, in whatever order and number a test wants.
 */
export async function startWorld() {
  const folder = await mkdtemp(join(tmpdir(), "training-runner-"));
  const authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  /** What Azure has told: blobs and runs. */
  const azure: Envelope[] = [];
  const containers = ["definitions", "batches", "code", "runs", "training", "champions"];
  const storage = await startStorage({
    tls: authority.server,
    containers,
    onEvent: (event) => azure.push(parseEnvelope(event)),
  });
  const machineLearning = await createMachineLearning({
    workspace: address,
    storage: { blobEndpoint: storage.blobEndpoint },
    datastores: [{ name: "runs", container: "runs" }],
    computes: [{ name: "cpu-cluster", concurrentJobs: 4 }],
    graceMs: 200,
    onEvent: (event) => void azure.push(parseEnvelope(event)),
  });
  const manager = await startResourceManager({ tls: authority.server, providers: [machineLearning.provider] });
  const credential = new DefaultAzureCredential();
  const blobs = new BlobServiceClient(storage.blobEndpoint, credential);
  const container = (name: string) => blobs.getContainerClient(name);

  /** What the training-runner has said; what was said twice counts once, as the broker has it. */
  const said: Sent[] = [];
  /** How often each message was said, by its id. */
  const times = new Map<string, number>();
  const say = (message: Sent): void => {
    if (mood.silentAfter === 0) throw new TransientError("the process ends here");
    mood.silentAfter -= 1;
    times.set(message.id, (times.get(message.id) ?? 0) + 1);
    if (!said.some(({ id }) => id === message.id)) said.push(message);
  };
  const mood = { silentAfter: Number.POSITIVE_INFINITY };
  const transports = {
    messages: {
      send: async (_queue: string, { body }: { readonly body: unknown }, notBefore?: Date) =>
        say({ ...parseEnvelope(body), ...(notBefore ? { notBefore } : {}) }),
      close: async () => undefined,
    },
    events: { publish: async (event: Envelope) => say(event) },
  };
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const outbox = (cause: string, trace = traceparent, time = new Date()) =>
    createOutbox("training-runner", { cause, traceparent: trace, time }, transports);

  const workspace: Workspace = openWorkspace({ ...address, resourceManager: manager.endpoint }, credential);
  const runner: Runner = {
    stores: {
      definitions: container("definitions"),
      definitionDocuments: documentStore(container("definitions")),
      batches: container("batches"),
      code: container("code"),
      runs: container("runs"),
      training: documentStore(container("training")),
      champions: documentStore(container("champions")),
    },
    workspace,
    outbox: ({ cause, traceparent: trace }) => outbox(cause, trace),
  };
  const deliveryOf = (message: Envelope, now = new Date()): Delivery => ({
    now,
    attempt: 1,
    log,
    outbox: outbox(message.id, message.traceparent, now),
  });
  const put = async (where: string, path: string, text: string): Promise<void> => {
    await container(where).getBlockBlobClient(path).upload(text, Buffer.byteLength(text));
  };

  return {
    runner,
    workspace,
    said,
    timesSaid: (message: Envelope | undefined) => times.get(message?.id ?? "") ?? 0,
    azure,
    mood,
    put,
    text: async (where: string, path: string) =>
      (await container(where).getBlobClient(path).downloadToBuffer()).toString("utf8"),
    /** Applies a project as `ratchet apply` does: the files, then `current.json`. */
    async apply(source: string, files: Readonly<Record<string, string>>) {
      const all = { "ratchet.yaml": source, ...files };
      const { definition, ...document } = applied(source, all);
      for (const [path, text] of Object.entries(all))
        await put("definitions", paths.definitionFile(document.model, document.version, path), text);
      await put("definitions", paths.currentDefinition(document.model), JSON.stringify(document));
      return { definition, ...document };
    },
    putBatch: (model: string, batch: string, text: string) => put("batches", paths.batchTrain(model, batch), text),
    /** A train-model message of the data-watcher's. */
    command: (data: TrainModel["data"], cause: string): TrainModel =>
      trainModel.build(data, { source: "data-watcher", time: new Date(), cause, traceparent }),
    /** Delivers a message of either queue; `faults` stands in for what fails. */
    async deliver(message: Envelope, now?: Date, faults: Partial<Workspace> = {}): Promise<void> {
      const delivery = deliveryOf(message, now);
      const faulty: Runner = { ...runner, workspace: { ...workspace, ...faults } };
      if (trainModel.is(message)) return train(faulty, message, delivery);
      if (checkRun.is(message))
        return lookAtRun(
          faulty,
          { message: message.id, runId: message.data.runId, done: false, looks: message.data.look },
          delivery,
        );
      const signal = readRunSignal(message);
      if (signal) return lookAtRun(faulty, { ...signal, message: message.id }, delivery);
    },
    /** Waits until the workspace has told that a run has a status, and gives that event. */
    told: (runId: string, status: string) =>
      until(
        () =>
          azure.find(({ subject, data }) => subject.endsWith(`/runs/${runId}`) && Object(data).runStatus === status),
        `${runId} to be ${status}`,
      ),
    outbox,
    async [Symbol.asyncDispose]() {
      await manager.close();
      await machineLearning.close();
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;
