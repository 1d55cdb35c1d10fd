import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { createAppService } from "@local-azure/app-service";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";
import { startResourceManager } from "@local-azure/resource-manager";
import { startStorage } from "@local-azure/storage";
import {
  type ChampionPointer,
  championPointer,
  type DeployModel,
  deployModel,
  type Envelope,
  type GoldenPredictions,
  parseDefinition,
  parseEnvelope,
  paths,
  type RollBackModel,
  rollBackModel,
} from "@ratchet/contracts";
import { createOutbox, type Delivery } from "@ratchet/messaging";
import { documentStore } from "@ratchet/state";
import { type Deployer, deployRelease } from "../deploy-release.ts";
import { type AppService, type AppServiceOptions, appService } from "../gateways/app-service.ts";
import type { Patience } from "../put-into-production.ts";
import { rollBack } from "../roll-back.ts";
import { type Stores, sha256Of } from "../stores.ts";
import { testManifest, testVerdict } from "./releases.ts";

export const digitsYaml = `
model: digits
task: classification
data:
  label: label
  schema: [{ name: "x[0..3]", type: number, optional: true }, { name: label, type: category, values: [a, b, c] }]
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.5 } } }
deploy: { app: inference-digits, smoke: 2 }
`;

const patience: Patience = { ready: 20_000, verify: 5_000, failed: 300, poll: 20 };
const containers = ["definitions", "verdicts", "champions", "releases", "packages", "runs"];
const subscriptionId = "00000000-0000-0000-0000-000000000001";
const resourceGroup = "tests";

/** Real storage and a real App Service under the deployer, and a record of what it says. */
export interface World extends AsyncDisposable {
  readonly stores: Stores;
  readonly service: AppService;
  readonly said: Envelope[];
  /** Whether saying anything fails, as when a process ends. */
  silent: boolean;
  /** What is called on App Service, in order. */
  readonly calls: string[];
  /** Runs after a call on App Service; throwing ends the process there. */
  afterCall: (call: string) => void;
  /** A fresh app with an empty staging slot, and empty storage. */
  reset(): Promise<void>;
  apply(yaml?: string): Promise<void>;
  /** Uploads an inference bundle and gives its digest. */
  upload(bundle: Uint8Array): Promise<string>;
  /** A trained and judged version, to be promoted over `champion`. */
  judge(version: string, champion: string | null, onnx?: Uint8Array, golden?: GoldenPredictions): Promise<void>;
  deploy(command: Partial<DeployModel["data"]>, cause?: string): Promise<void>;
  rollBack(reason: string, cause?: string): Promise<void>;
  delivery(cause: string, now?: Date): Delivery;
  pointer(): Promise<ChampionPointer | undefined>;
  /** Base address of production. */
  site(): Promise<string>;
  /** Asks production for a prediction, as a customer would. */
  predict(): Promise<{ readonly status: number; readonly version: unknown; readonly data: unknown }>;
  gateway(different: Partial<AppServiceOptions>): AppService;
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "deployer-"));
  const authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  const credential = new DefaultAzureCredential();
  const storage = await startStorage({ tls: authority.server, containers });
  const apps = await createAppService({
    tls: authority.server,
    folder: join(folder, "sites"),
    verifyToken: (token) => identity.verifyToken(token),
  });
  const manager = await startResourceManager({ tls: authority.server, providers: [apps.provider] });
  const blobs = new BlobServiceClient(storage.blobEndpoint, credential);
  const stores: Stores = {
    container: (name) => blobs.getContainerClient(name),
    documents: (name) => documentStore(blobs.getContainerClient(name)),
  };
  const gatewayOptions = { endpoint: manager.endpoint, subscriptionId, resourceGroup, credential, pollInterval: 20 };
  const gateway = appService(gatewayOptions);
  const noted = async <T>(call: string, done: Promise<T>): Promise<T> => {
    const result = await done;
    world.calls.push(call);
    world.afterCall(call);
    return result;
  };
  const service: AppService = {
    slot: (app, slot) => gateway.slot(app, slot),
    publish: (address, zip) => noted("publish", gateway.publish(address, zip)),
    swap: (app) => noted("swap", gateway.swap(app)),
  };
  const deployer: Deployer = { stores, service, patience };

  const said: Envelope[] = [];
  const say = async (message: Envelope): Promise<void> => {
    if (world.silent) throw new Error("the process ends here");
    if (!said.some(({ id }) => id === message.id)) said.push(message);
  };
  const transports = {
    messages: {
      send: async (_: string, { body }: { readonly body: unknown }) => say(parseEnvelope(body)),
      close: async () => undefined,
    },
    events: { publish: say },
  };
  const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
  const put = async (container: string, path: string, bytes: Uint8Array) => {
    await blobs.getContainerClient(container).getBlockBlobClient(path).uploadData(bytes);
  };

  const world: World = {
    stores,
    service,
    said,
    silent: false,
    calls: [],
    afterCall: () => undefined,
    async reset() {
      said.splice(0);
      world.calls.splice(0);
      world.silent = false;
      world.afterCall = () => undefined;
      for (const container of containers)
        for await (const path of documentStore(blobs.getContainerClient(container)).list(""))
          await blobs.getContainerClient(container).deleteBlob(path);
      await apps.sites.delete("inference-digits");
      await apps.sites.create({ name: "inference-digits", subscriptionId, resourceGroup, slots: { staging: {} } });
    },
    async apply(yaml = digitsYaml) {
      const { model } = parseDefinition(yaml);
      const files = [{ path: "ratchet.yaml", sha256: "0".repeat(64) }];
      const document = { model, version: "0123456789abcdef", source: yaml, files, appliedAt: new Date().toISOString() };
      await stores.documents("definitions").write(paths.currentDefinition(model), document, "any");
    },
    async upload(bundle) {
      const code = sha256Of(bundle);
      await put("releases", paths.codeRelease(code), bundle);
      return code;
    },
    async judge(version, champion, onnx = Buffer.from(`weights of ${version}`), golden = testManifest().golden) {
      const path = `digits-${version}/model/model.onnx`;
      await put("runs", path, onnx);
      const verdict = testVerdict({
        version,
        champion,
        onnx: { container: "runs", path, sha256: sha256Of(onnx), bytes: onnx.byteLength },
        golden,
      });
      await stores.documents("verdicts").write(paths.verdict("digits", version), verdict, "any");
    },
    async deploy(command, cause = "a verdict") {
      const data = { model: "digits", version: "1", cause: "verdict" as const, ...command };
      const message = deployModel.build(data, { source: "test", time: new Date(), cause });
      await deployRelease(deployer, message as DeployModel, world.delivery(message.id));
    },
    async rollBack(reason, cause = "an operator") {
      const message = rollBackModel.build({ model: "digits", reason }, { source: "test", time: new Date(), cause });
      await rollBack(deployer, message as RollBackModel, world.delivery(message.id));
    },
    delivery: (cause, now = new Date()) => ({
      now,
      attempt: 1,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      outbox: createOutbox("deployer", { cause, traceparent, time: now }, transports),
    }),
    pointer: async () =>
      (await stores.documents("champions").read(paths.champion("digits"), championPointer.parse))?.value,
    site: async () => (await gateway.slot("inference-digits", "production")).site,
    async predict() {
      const { golden, signature } = testManifest();
      const [input] = signature.inputs;
      const data = golden.rows.flat();
      const body = { inputs: [{ ...input, shape: [golden.rows.length, 4], data }] };
      const response = await fetch(`${await world.site()}/v2/models/digits/infer`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      if (!response.ok) return { status: response.status, version: undefined, data: await response.text() };
      const answer = (await response.json()) as { model_version: unknown; outputs: { data: unknown }[] };
      return { status: response.status, version: answer.model_version, data: answer.outputs[0]?.data };
    },
    gateway: (different) => appService({ ...gatewayOptions, ...different }),
    async [Symbol.asyncDispose]() {
      await manager.close();
      await apps.close();
      await storage.close();
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
  return world;
}
