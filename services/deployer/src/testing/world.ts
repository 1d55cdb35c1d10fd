import { join } from "node:path";
import { createAppService } from "@local-azure/app-service";
import { startResourceManager } from "@local-azure/resource-manager";
import {
  type ChampionPointer,
  type DeployModel,
  deployModel,
  type GoldenPredictions,
  paths,
  rollBackModel,
  verdict,
} from "@ratchet/contracts";
import { readChampion } from "@ratchet/state";
import { sha256, startWorld, type World } from "@ratchet/testing";
import { deployRelease } from "../deploy-release.ts";
import type { Deployer } from "../deployer.ts";
import { type AppService, type AppServiceOptions, appService } from "../gateways/app-service.ts";
import { inferenceApp } from "../gateways/inference-app.ts";
import { defaultPatience } from "../production/patience.ts";
import { rollBack } from "../roll-back.ts";
import { testManifest, testVerdict } from "./releases.ts";
import { type Behaviour, standInBundle } from "./stand-in-bundle.ts";

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

const app = "inference-digits";
const patience = { ...defaultPatience, ready: 20_000, verify: 5_000, failed: 300, poll: 20 };
const subscriptionId = "00000000-0000-0000-0000-000000000001";
const resourceGroup = "tests";

/** The deployer over real storage and a real App Service. */
export interface DeployerWorld extends World<"deployer"> {
  readonly deployer: Deployer;
  /** What is called on App Service, in order. */
  readonly calls: string[];
  /** Runs after a call on App Service; throwing ends the process there. */
  afterCall: (call: string) => void;
  /** Uploads an inference bundle and gives its digest. */
  upload(bundle: Uint8Array): Promise<string>;
  /** A trained and judged version, to be promoted over `champion`. */
  judge(version: string, champion: string | null, onnx?: Uint8Array, golden?: GoldenPredictions): Promise<void>;
  deploy(command: Partial<DeployModel["data"]>, cause?: string): Promise<void>;
  rollBack(reason: string, cause?: string): Promise<void>;
  /** Version 1 in production, by code that behaves well; gives the code's digest. */
  givenVersion1(): Promise<string>;
  /** Deploys version 2, judged against version 1, with code of some behaviour. */
  deployVersion2(behaviour: Behaviour): Promise<void>;
  pointer(): Promise<ChampionPointer | undefined>;
  /** Base address of production. */
  site(): Promise<string>;
  /** Asks production for a prediction, as a customer would. */
  predict(): Promise<{ readonly status: number; readonly version: unknown; readonly data: unknown }>;
  gateway(different: Partial<AppServiceOptions>): AppService;
}

/** The world of the deployer's tests; a fresh app with an empty staging slot at every `reset`. */
export async function startDeployerWorld(): Promise<DeployerWorld> {
  const shared = await startWorld("deployer");
  const { authority, identity, credential, folder } = shared.azure;
  const apps = await createAppService({
    tls: authority.server,
    folder: join(folder, "sites"),
    verifyToken: (token) => identity.verifyToken(token),
  });
  const manager = await startResourceManager({ tls: authority.server, providers: [apps.provider] });
  const gatewayOptions = { endpoint: manager.endpoint, subscriptionId, resourceGroup, credential, pollInterval: 20 };
  const gateway = appService(gatewayOptions);
  const noted = async <T>(call: string, done: Promise<T>): Promise<T> => {
    const result = await done;
    world.calls.push(call);
    world.afterCall(call);
    return result;
  };
  const deployer: Deployer = {
    stores: shared.service,
    appService: {
      slot: (name, slot) => gateway.slot(name, slot),
      publish: (address, zip) => noted("publish", gateway.publish(address, zip)),
      swap: (name) => noted("swap", gateway.swap(name)),
    },
    inferenceApp,
    patience,
  };

  const world: DeployerWorld = {
    ...shared,
    deployer,
    calls: [],
    afterCall: () => undefined,
    async reset() {
      await shared.reset();
      world.calls.splice(0);
      world.afterCall = () => undefined;
      await apps.sites.delete(app);
      await apps.sites.create({ name: app, subscriptionId, resourceGroup, slots: { staging: {} } });
    },
    async upload(bundle) {
      const code = sha256(bundle);
      await shared.put("releases", paths.codeRelease(code), bundle);
      return code;
    },
    async judge(version, champion, onnx = Buffer.from(`weights of ${version}`), golden = testManifest().golden) {
      const path = `digits-${version}/model/model.onnx`;
      await shared.put("runs", path, onnx);
      const judged = testVerdict({
        version,
        champion,
        onnx: { container: "runs", path, sha256: sha256(onnx), bytes: onnx.byteLength },
        golden,
      });
      await shared.documents("verdicts").write(paths.verdict("digits", version), verdict, judged, "any");
    },
    async deploy(command, cause = "a verdict") {
      const data = { model: "digits", version: "1", cause: "verdict" as const, ...command };
      const message = deployModel.build(data, { source: "test", time: new Date(), cause });
      await deployRelease(deployer, message, shared.delivery(message));
    },
    async rollBack(reason, cause = "an operator") {
      const message = rollBackModel.build({ model: "digits", reason }, { source: "test", time: new Date(), cause });
      await rollBack(deployer, message, shared.delivery(message));
    },
    async givenVersion1() {
      await shared.apply(digitsYaml);
      const code = await world.upload(await standInBundle("right"));
      await world.judge("1", null);
      await world.deploy({ version: "1" }, "first");
      return code;
    },
    async deployVersion2(behaviour) {
      const code = await world.upload(await standInBundle(behaviour, "second"));
      await world.judge("2", "1");
      await world.deploy({ version: "2", code }, "second");
    },
    pointer: () => readChampion(shared.service, "digits"),
    site: async () => (await gateway.slot(app, "production")).site,
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
      await shared[Symbol.asyncDispose]();
    },
  };
  return world;
}
