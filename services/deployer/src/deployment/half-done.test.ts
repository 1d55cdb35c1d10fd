import {
  type ContainerName,
  containers,
  deployModel,
  type Envelope,
  evaluateModel,
  freezeModel,
  modelFrozen,
  modelPromoted,
  modelRolledBack,
  modelThawed,
  rollBackModel,
  thawModel,
} from "@ratchet/contracts";
import { isTransient } from "@ratchet/messaging";
import { betweenEffects, forEveryEffect, type Instance } from "@ratchet/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type InstantApp, instantApp, tinyBundle } from "../testing/instant-app.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const hurry = true;
let instant: InstantApp;
let code: string;

interface Kept {
  readonly blobs: readonly (readonly [ContainerName, string, Buffer])[];
  readonly slots: InstantApp["slots"];
}

/** The world as it is, to be brought back: each scenario begins from it. */
async function keep(): Promise<Kept> {
  const blobs: (readonly [ContainerName, string, Buffer])[] = [];
  for (const name of Object.keys(containers) as ContainerName[])
    for (const path of await world.pathsOf(name))
      blobs.push([name, path, await world.container(name).getBlobClient(path).downloadToBuffer()]);
  return { blobs, slots: { ...instant.slots } };
}

async function bringBack({ blobs, slots }: Kept): Promise<void> {
  await world.forget();
  instant = instantApp(world.calls);
  Object.assign(instant.slots, slots);
  world.instead = { ...instant.outside };
  await Promise.all(blobs.map(([name, path, content]) => world.put(name, path, content)));
}

let kept: { readonly version1: Kept; readonly stale: Kept; readonly swapped: Kept; readonly version2: Kept };
beforeAll(async () => {
  await world.reset();
  instant = instantApp(world.calls);
  world.instead = { ...instant.outside };
  await world.apply(digitsYaml);
  code = await world.upload(tinyBundle());
  await world.judge("1", null);
  await world.deliver(world.deployMessage({ version: "1" }, "first"));
  await world.settle({ hurry });
  await world.judge("2", "1");
  const version1 = await keep();
  await world.deliver(deploy2());
  await world.settle({ hurry, upTo: "swapped" });
  const swapped = await keep();
  await world.settle({ hurry });
  const version2 = await keep();
  await bringBack(version1);
  instant.restartsEarly = true;
  await world.deliver(deploy2());
  await world.settle({ hurry, upTo: "staged" });
  kept = { version1, swapped, version2, stale: await keep() };
});

/** Version 1 in production, and version 2 judged better. */
const given1And2 = () => bringBack(kept.version1);
/** Version 2 published to staging, which has come up with what was there before. */
const givenStale2 = () => bringBack(kept.stale);
/** Version 2 in production, and not looked at there yet. */
const given2Swapped = () => bringBack(kept.swapped);
/** Version 2 in production, in the place of version 1. */
const given2 = () => bringBack(kept.version2);

const origin = (cause: string) => ({ source: "test", time: new Date(), cause });
const deploy2 = () => deployModel.build({ model: "digits", version: "2", cause: "verdict", code }, origin("second"));
const rollBack = () => rollBackModel.build({ model: "digits", from: "2", reason: "wrong sevens" }, origin("operator"));
const freeze = () => freezeModel.build({ model: "digits", reason: "the fair" }, origin("operator"));
const thaw = () => thawModel.build({ model: "digits", reason: "it is over" }, origin("operator"));

/** Lets a process handle a message and all that follows; delivers again what it leaves behind, as the broker would. */
async function play(instance: Instance, message: Envelope): Promise<void> {
  const running = world.startDeployer(instance);
  const work = async () => {
    await world.deliver(message, running);
    await world.settle({ hurry, running });
  };
  const refused = (error: unknown) => (isTransient(error) ? "again" : ignoreFailedDeployment(error));
  let again: unknown;
  const end = await instance.run(async () => {
    again = await work().catch(refused);
  });
  if (end === "done" && again === undefined) return;
  await world.deliver(message);
  await world.settle({ hurry }).catch(ignoreFailedDeployment);
}

function ignoreFailedDeployment(error: unknown): void {
  if (!String(error).includes("failed in production")) throw error;
}

/** What everybody hears of a model's production, in order; what was said twice once, as subscribers have it by its id. */
const heard = () =>
  world.recorder.said
    .filter((event) => [modelPromoted, modelRolledBack, modelFrozen, modelThawed].some(({ is }) => is(event)))
    .map(({ type, data }) => [type, (data as { readonly version: string }).version]);

/** Nothing is left to do, and a sweep finds nothing. */
async function isAtRest(): Promise<void> {
  const { state, lookAt, waiting, events } = (await world.record()) ?? expect.fail("there is no record");
  expect({ state, lookAt, waiting, events }).toMatchObject({ lookAt: undefined, waiting: [], events: [] });
  const [calls, said] = [world.calls.length, world.recorder.said.length];
  await world.sweep();
  await world.settle({ hurry });
  expect([world.calls.length, world.recorder.said.length]).toEqual([calls, said]);
}

async function isPromoted(): Promise<void> {
  expect(instant.slots.production?.version).toBe("2");
  expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, previous: { version: "1" } });
  expect(heard()).toEqual([[modelPromoted.type, "2"]]);
  expect(world.calls.filter((call) => call === "swap")).toEqual(["swap"]);
  await isAtRest();
}

async function isRolledBack(): Promise<void> {
  expect(instant.slots.production?.version).toBe("1");
  expect(await world.pointer()).toMatchObject({
    champion: { version: "1" },
    previous: null,
    withdrawn: [{ version: "2" }],
    frozen: { reason: "wrong sevens" },
  });
  expect(heard()).toEqual([
    [modelRolledBack.type, "1"],
    [modelFrozen.type, "1"],
  ]);
  await isAtRest();
}

describe("whose process ends at any of its effects", { timeout: 600_000 }, () => {
  test("a promotion goes on where it was left, and is said once", async () => {
    const effects = await forEveryEffect(async (instance) => {
      await given1And2();
      await play(instance, deploy2());
      await isPromoted();
    });
    expect(effects).toBeGreaterThan(25);
  });

  test("a promotion whose package is not what staging came up with restarts it, and goes on where it was left", async () => {
    await forEveryEffect(async (instance) => {
      await givenStale2();
      await play(instance, deploy2());
      await isPromoted();
      expect(world.calls).toContain("restart");
    });
  });

  test("a rollback goes on where it was left, and is said once", async () => {
    await forEveryEffect(async (instance) => {
      await given2();
      await play(instance, rollBack());
      await isRolledBack();
    });
  });

  test("a release that fails in production is taken out of it, and the former one serves", async () => {
    await forEveryEffect(async (instance) => {
      await given2Swapped();
      instant.wrongInProduction.add("2");
      await play(instance, deploy2());
      expect(instant.slots.production?.version).toBe("1");
      expect(await world.pointer()).toMatchObject({ champion: { version: "1" }, withdrawn: [] });
      expect(heard()).toEqual([[modelRolledBack.type, "1"]]);
      await isAtRest();
    });
  });

  test("a freeze holds back what comes, and a thaw has it judged again", async () => {
    await forEveryEffect(async (instance) => {
      await given1And2();
      const running = world.startDeployer(instance);
      const messages = [freeze(), deploy2(), thaw()];
      const left = [...messages];
      await instance.run(async () => {
        for (const message of messages) {
          await world.deliver(message, running);
          await world.settle({ hurry, running });
          left.shift();
        }
      });
      for (const message of left) {
        await world.deliver(message);
        await world.settle({ hurry });
      }
      const pointer = await world.pointer();
      expect(pointer).toMatchObject({ champion: { version: "1" }, thawed: { judgedAgain: "2" } });
      expect(pointer?.frozen).toBeUndefined();
      expect(world.recorder.heard(evaluateModel)).toMatchObject([{ data: { version: "2" } }]);
      expect(heard()).toEqual([
        [modelFrozen.type, "1"],
        [modelThawed.type, "1"],
      ]);
      await isAtRest();
    });
  });
});

describe("where another process does all that is left between two effects", { timeout: 600_000 }, () => {
  test("a promotion is done once, and said once", async () => {
    await betweenEffects(async (instance) => {
      await given1And2();
      instance.meanwhile = async () => {
        await world.deliver(deploy2());
        await world.settle({ hurry });
      };
      await play(instance, deploy2());
      await isPromoted();
    });
  });
});

test("a deployment that nothing befalls says everything once", async () => {
  await given1And2();
  await world.deliver(deploy2());
  await world.settle({ hurry });
  expect(world.recorder.said.filter((message) => world.recorder.timesSaid(message) > 1)).toEqual([]);
  await isPromoted();
});
