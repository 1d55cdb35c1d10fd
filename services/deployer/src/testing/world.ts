import { join } from "node:path";
import { createAppService, type SignInSettings } from "@local-azure/app-service";
import { startResourceManager } from "@local-azure/resource-manager";
import {
  advanceDeployment as advanceCommand,
  type ChampionPointer,
  type Contract,
  type DeployModel,
  type DeploymentRecord,
  deployModel,
  type Envelope,
  forceModel,
  freezeModel,
  type GoldenPredictions,
  paths,
  rollBackModel,
  thawModel,
  verdict,
} from "@ratchet/contracts";
import { type Delivery, isTransient, on } from "@ratchet/messaging";
import { readChampion } from "@ratchet/state";
import { createInstance, type Instance, sha256, startWorld, until, type World } from "@ratchet/testing";
import { freeze, thaw } from "../commands/freeze.ts";
import { deployRelease, forceRelease, rollBack } from "../commands/handlers.ts";
import type { Deployer } from "../deployer.ts";
import { advanceDeployment } from "../deployment/advance.ts";
import { defaultLimits, type Limits } from "../deployment/limits.ts";
import { type AppService, type AppServiceOptions, appService } from "../gateways/app-service.ts";
import { type InferenceApp, inferenceApp } from "../gateways/inference-app.ts";
import { readDeployment } from "../stores.ts";
import { sweep } from "../sweep/sweep.ts";
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
/** An app that does not run from its package: there the deployment service looks at what it gets. */
export const unpackaged = "inference-unpackaged";
const subscriptionId = "00000000-0000-0000-0000-000000000001";
const resourceGroup = "tests";
/** What tokens for the app are for. */
const audience = "api://models";
/** As infrastructure has it. */
const settings = { WEBSITE_RUN_FROM_PACKAGE: "1" };

/** As in production, but that tests do not wait as long for what does not come. */
const limits: Limits = {
  ...defaultLimits,
  firstLook: 100,
  longestLook: 500,
  failed: 300,
  stale: 300,
};

/** A process of the deployer. */
interface Running {
  readonly deployer: Deployer;
  delivery(message: string | Pick<Envelope, "id" | "traceparent">, now?: Date): Delivery;
}

/** How messages are delivered. */
interface Delivering {
  /** Time goes by as in a dream: nobody waits for what is to be delivered later. */
  readonly hurry?: boolean;
  /** To which process; the living one where none is given. */
  readonly running?: Running;
}

/** What the outside does instead of what it would; a call that gives undefined is made as ever. */
type Instead<Gateway> = {
  [Call in keyof Gateway]?: Gateway[Call] extends (...values: infer Values) => Promise<infer Result>
    ? (...values: Values) => Promise<Result> | undefined
    : never;
};

/** The deployer over real storage and a real App Service. */
export interface DeployerWorld extends World<"deployer"> {
  readonly deployer: Deployer;
  /** One more process of the deployer. */
  startDeployer(instance: Instance): Running;
  /** Empties the storage and forgets what was said and done; the app stays as it is. */
  forget(): Promise<void>;
  /** What is called on App Service to change something, in order. */
  readonly calls: string[];
  /** What the outside does instead. */
  instead: Instead<AppService> & Instead<InferenceApp>;
  /** The time. */
  now(): Date;
  /** Time goes by. */
  skip(milliseconds: number): void;
  /** Uploads an inference bundle and gives its digest. */
  upload(bundle: Uint8Array): Promise<string>;
  /** A trained and judged version, to be promoted over `champion`. */
  judge(version: string, champion: string | null, onnx?: Uint8Array, golden?: GoldenPredictions): Promise<void>;
  /** Delivers a message to the deployer: to the living process where none is given. */
  deliver(message: Envelope, running?: Running): Promise<void>;
  /** Delivers the next message that the deployer has sent itself; false where there is none. */
  deliverNext(how?: Delivering): Promise<boolean>;
  /**
   * Delivers what the deployer has sent itself until nothing is left.
   * @throws {Error} when a message was put into the dead-letter queue: the first such failure, after all was delivered.
   */
  settle(
    how?: Delivering & { /** Only until the deployment is there. */ readonly upTo?: DeploymentRecord["state"] },
  ): Promise<void>;
  /** Sweeps, as in the period after the last one. */
  sweep(): Promise<void>;
  deployMessage(command: Partial<DeployModel["data"]>, cause?: string): DeployModel;
  /** Deploys, and waits for the end. */
  deploy(command: Partial<DeployModel["data"]>, cause?: string): Promise<void>;
  force(version: string, reason: string, cause?: string): Promise<void>;
  rollBack(reason: string, cause?: string): Promise<void>;
  freeze(reason: string, cause?: string): Promise<void>;
  thaw(reason: string, cause?: string): Promise<void>;
  /** Version 1 in production, by code that behaves well; gives the code's digest. */
  givenVersion1(): Promise<string>;
  /** Version 2, judged against version 1, and code of some behaviour for it; gives the command. */
  givenVersion2(behaviour: Behaviour): Promise<DeployModel>;
  /** Deploys version 2, judged against version 1, with code of some behaviour. */
  deployVersion2(behaviour: Behaviour): Promise<void>;
  pointer(): Promise<ChampionPointer | undefined>;
  record(): Promise<DeploymentRecord | undefined>;
  /** Base address of a slot. */
  site(slot?: "production" | "staging"): Promise<string>;
  /** Asks production for a prediction, as a customer would. */
  predict(): Promise<{ readonly status: number; readonly version: unknown; readonly data: unknown }>;
  gateway(different: Partial<AppServiceOptions>): AppService;
}

/** The world of the deployer's tests; a fresh app with an empty staging slot at every `reset`. */
export async function startDeployerWorld(weather: "calm" | "rough" = "calm"): Promise<DeployerWorld> {
  const shared = await startWorld("deployer");
  const { authority, identity, credential, folder } = shared.azure;
  const apps = await createAppService({
    tls: authority.server,
    folder: join(folder, "sites"),
    access: { verifyToken: identity.verifyToken },
    verifyCaller: identity.verifyToken,
    weather,
  });
  const manager = await startResourceManager({ tls: authority.server, providers: [apps.provider] });
  const gatewayOptions = { endpoint: manager.endpoint, subscriptionId, resourceGroup, credential };
  const gateway = appService(gatewayOptions);
  const asked = inferenceApp({ credential, audience });
  const token = await credential.getToken(audience);
  const { oid, tid } = identity.verifyToken(token?.token ?? "");
  const signIn: SignInSettings = {
    platform: { enabled: true },
    globalValidation: { requireAuthentication: true },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: { openIdIssuer: `https://login.microsoftonline.com/${tid}/v2.0` },
        validation: {
          allowedAudiences: [audience],
          defaultAuthorizationPolicy: { allowedPrincipals: { identities: [oid] } },
        },
      },
    },
  };
  let ahead = 0;
  let delivered = new Set<string>();

  const noted = async <T>(call: string, done: Promise<T>): Promise<T> => {
    const result = await done;
    world.calls.push(call);
    return result;
  };
  /** App Service and the apps, as far as nothing else happens instead. */
  const outsideOf = (): AppService & InferenceApp => ({
    slot: (...values) => world.instead.slot?.(...values) ?? gateway.slot(...values),
    beginPublish: (...values) =>
      world.instead.beginPublish?.(...values) ?? noted("publish", gateway.beginPublish(...values)),
    publishState: (...values) => world.instead.publishState?.(...values) ?? gateway.publishState(...values),
    restartStaging: (...values) =>
      world.instead.restartStaging?.(...values) ?? noted("restart", gateway.restartStaging(...values)),
    beginSwap: (...values) => world.instead.beginSwap?.(...values) ?? noted("swap", gateway.beginSwap(...values)),
    readiness: (...values) => world.instead.readiness?.(...values) ?? asked.readiness(...values),
    served: (...values) => world.instead.served?.(...values) ?? asked.served(...values),
    predict: (...values) => world.instead.predict?.(...values) ?? asked.predict(...values),
  });

  function startDeployer(instance: Instance): Running {
    const { service, delivery } = shared.start(instance);
    const outside = instance.gateway("app", outsideOf(), ["beginPublish", "restartStaging", "beginSwap"]);
    return {
      deployer: { stores: service, outbox: service.outbox, appService: outside, inferenceApp: outside, limits },
      delivery: (message, now = world.now()) => delivery(message, now),
    };
  }
  const living = startDeployer(createInstance());

  const routesOf = (deployer: Deployer) => [
    on(advanceCommand, (message, delivery) => advanceDeployment(deployer, message, delivery)),
    on(deployModel, (message, delivery) => deployRelease(deployer, message, delivery)),
    on(forceModel, (message, delivery) => forceRelease(deployer, message, delivery)),
    on(rollBackModel, (message, delivery) => rollBack(deployer, message, delivery)),
    on(freezeModel, (message, delivery) => freeze(deployer, message, delivery)),
    on(thawModel, (message, delivery) => thaw(deployer, message, delivery)),
  ];
  const isForDeployer = ({ type }: Envelope) => routesOf(living.deployer).some(({ types }) => types.includes(type));

  function built<Type extends string, Data>(contract: Contract<Type, Data>, data: Data, cause: string) {
    return contract.build(data, { source: "test", time: world.now(), cause });
  }
  const handIn = async (message: Envelope) => {
    await world.deliver(message);
    await world.settle();
  };

  const world: DeployerWorld = {
    ...shared,
    deployer: living.deployer,
    startDeployer,
    calls: [],
    instead: {},
    now: () => new Date(Date.now() + ahead),
    skip(milliseconds) {
      ahead += milliseconds;
    },
    async forget() {
      await shared.reset();
      world.calls.splice(0);
      world.instead = {};
      delivered = new Set();
      ahead = 0;
    },
    async reset() {
      await world.forget();
      await apps.sites.delete(app);
      await apps.sites.delete(unpackaged);
      await apps.sites.create({ name: unpackaged, subscriptionId, resourceGroup, slots: { staging: {} } });
      await apps.sites.create({
        name: app,
        subscriptionId,
        resourceGroup,
        signIn,
        settings,
        slots: { staging: { settings } },
      });
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
    async deliver(message, { deployer, delivery } = living) {
      const route = routesOf(deployer).find(({ types }) => types.includes(message.type));
      await route?.handle(message, delivery(message));
    },
    async deliverNext({ hurry = false, running = living } = {}) {
      const sent = shared.recorder.said.filter((message) => isForDeployer(message) && !delivered.has(message.id));
      const [next] = sent.sort((a, b) => (a.notBefore?.getTime() ?? 0) - (b.notBefore?.getTime() ?? 0));
      if (!next) return false;
      const wait = (next.notBefore?.getTime() ?? 0) - world.now().getTime();
      if (hurry && wait > 0) ahead += wait;
      await until("the time of the next step", () => (next.notBefore ?? 0) <= world.now(), 60_000);
      delivered.add(next.id);
      await world.deliver(next, running).catch((error: unknown) => {
        // Sent again by the law of failure; where the process has ended, by the broker, to another.
        if (isTransient(error)) delivered.delete(next.id);
        if (!isTransient(error) || running !== living) throw error;
      });
      return true;
    },
    async settle({ upTo, ...how } = {}) {
      const failures: unknown[] = [];
      const fails = (error: unknown) => {
        if (isTransient(error)) throw error;
        return failures.push(error) > 0;
      };
      for (;;) {
        if (upTo && (await world.record())?.state === upTo) break;
        if (!(await world.deliverNext(how).catch(fails))) break;
      }
      if (failures.length > 0) throw failures[0];
    },
    async sweep() {
      ahead += 60_000;
      await sweep(living.deployer, { now: world.now(), log: living.delivery("sweep").log });
    },
    deployMessage: (command, cause = "a verdict") =>
      built(deployModel, { model: "digits", version: "1", cause: "verdict" as const, ...command }, cause),
    deploy: (command, cause) => handIn(world.deployMessage(command, cause)),
    force: (version, reason, cause = "an operator") =>
      handIn(built(forceModel, { model: "digits", version, reason }, cause)),
    rollBack: (reason, cause = "an operator") => handIn(built(rollBackModel, { model: "digits", reason }, cause)),
    freeze: (reason, cause = "an operator") => handIn(built(freezeModel, { model: "digits", reason }, cause)),
    thaw: (reason, cause = "an operator") => handIn(built(thawModel, { model: "digits", reason }, cause)),
    async givenVersion1() {
      await shared.apply(digitsYaml);
      const code = await world.upload(await standInBundle("right"));
      await world.judge("1", null);
      await world.deploy({ version: "1" }, "first");
      return code;
    },
    async givenVersion2(behaviour) {
      const code = await world.upload(await standInBundle(behaviour, "second"));
      await world.judge("2", "1");
      return world.deployMessage({ version: "2", code }, "second");
    },
    deployVersion2: async (behaviour) => handIn(await world.givenVersion2(behaviour)),
    pointer: () => readChampion(shared.service, "digits"),
    record: () => readDeployment(shared.service, app),
    site: async (slot = "production") => (await gateway.slot(app, slot)).site,
    async predict() {
      const { golden, signature } = testManifest();
      const [input] = signature.inputs;
      const data = golden.rows.flat();
      const body = { inputs: [{ ...input, shape: [golden.rows.length, 4], data }] };
      const response = await fetch(`${await world.site()}/v2/models/digits/infer`, {
        method: "POST",
        headers: { authorization: `Bearer ${token?.token}` },
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
