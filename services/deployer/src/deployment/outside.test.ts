import {
  type DeployModel,
  evaluateModel,
  modelPromoted,
  modelRolledBack,
  paths,
  processStuck,
} from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { createInstance, type Instance } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Serving } from "../gateways/inference-app.ts";
import { type InstantApp, instantApp, tinyBundle } from "../testing/instant-app.ts";
import { testManifest } from "../testing/releases.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const hurry = true;
const promotions = () => world.recorder.heard(modelPromoted).map(({ data }) => data.version);
const stuck = () => world.recorder.heard(processStuck);
const unknown: Serving = { kind: "unknown", why: "it answers 503" };

/** Version 1 in production of an app in which everything is done at once; and version 2, judged better. */
async function givenInstant(): Promise<{ readonly instant: InstantApp; readonly deploy2: DeployModel }> {
  await world.forget();
  const instant = instantApp(world.calls);
  world.instead = { ...instant.outside };
  await world.apply(digitsYaml);
  await world.upload(tinyBundle());
  await world.judge("1", null);
  await world.deploy({ version: "1" }, "first");
  await world.judge("2", "1");
  return { instant, deploy2: world.deployMessage({ version: "2" }, "second") };
}

/** A process that may not write the pointer. */
function withoutPointer(): { readonly instance: Instance; allowed: boolean } {
  const state = { instance: createInstance(), allowed: false };
  const { blobs } = state.instance;
  state.instance.blobs = (inner) => {
    const counted = blobs(inner);
    return {
      ...counted,
      async write(path, ...how) {
        if (!state.allowed && inner.name === "champions" && path === paths.champion("digits"))
          throw Object.assign(new Error("AuthorizationPermissionMismatch"), { statusCode: 403 });
        return counted.write(path, ...how);
      },
    };
  };
  return state;
}

/** A process whose topic is down. */
function withoutTopic(): { readonly instance: Instance; up: boolean } {
  const state = { instance: createInstance(), up: false };
  const { transports } = state.instance;
  state.instance.transports = (inner) => {
    const counted = transports(inner);
    const publish: typeof inner.events.publish = async (event) => {
      if (!state.up) throw new TransientError("503 the topic is down");
      await counted.events.publish(event);
    };
    return { ...counted, events: { publish } };
  };
  return state;
}

describe("in App Service, a deployment", { timeout: 120_000 }, () => {
  beforeEach(() => world.reset());

  test("puts back the champion where the release fails in production, though production did not answer before", async () => {
    await world.givenVersion1();
    const production = await world.site();
    let silent = true;
    world.instead.served = (site) => {
      if (site !== production || !silent) return undefined;
      silent = false;
      return Promise.resolve(unknown);
    };
    await expect(world.deployVersion2("wrong-in-production")).rejects.toThrow(/version 1 serves again/);
    expect(await world.predict()).toMatchObject({ version: "1", data: testManifest().golden.expected.flat() });
    expect(await world.pointer()).toMatchObject({ champion: { version: "1" } });
    expect(world.recorder.heard(modelRolledBack)).toMatchObject([
      { data: { version: "1", from: { version: "2" }, cause: "verification-failed" } },
    ]);
  });

  test("goes on where a swap was called, and the answer was lost", async () => {
    await world.givenVersion1();
    const { appService } = world.deployer;
    let lost = false;
    world.instead.beginSwap = (app) => {
      if (lost) return undefined;
      lost = true;
      return appService.beginSwap(app).then(() => Promise.reject(new TransientError("the connection was reset")));
    };
    await world.deployVersion2("right");
    expect(world.calls).toEqual(["publish", "swap", "publish", "swap"]);
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" } });
  });
});

describe("a deployment", { timeout: 120_000 }, () => {
  test("touches nothing until it is known what production serves, tells an operator once, and goes on by itself", async () => {
    const { instant, deploy2 } = await givenInstant();
    const { site: production } = await instant.outside.slot("inference-digits", "production");
    let silent = true;
    world.instead.served = (site, model) =>
      silent && site === production ? Promise.resolve(unknown) : instant.outside.served(site, model);
    await world.deliver(deploy2);
    const hour = world.now().getTime() + 3_600_000;
    while (world.now().getTime() < hour) await world.deliverNext({ hurry });
    expect(world.calls).toEqual(["publish", "swap"]);
    expect(stuck()).toMatchObject([
      {
        data: {
          model: "digits",
          process: "deployment",
          about: "inference-digits",
          state: "intended",
          reason: "it is not known what production serves: it answers 503",
          remedy: expect.stringContaining("goes on by itself"),
        },
      },
    ]);
    expect(world.recorder.timesSaid(stuck()[0] ?? expect.fail())).toBe(1);
    silent = false;
    await world.settle({ hurry });
    expect(instant.slots.production?.version).toBe("2");
    expect(promotions()).toEqual(["1", "2"]);
  });

  test("whose pointer cannot be written stays in production, says so, and is recorded when it can be", async () => {
    const { instant, deploy2 } = await givenInstant();
    const forbidden = withoutPointer();
    const running = world.startDeployer(forbidden.instance);
    const version1 = await world.pointer();
    await world.deliver(deploy2, running);
    const hour = world.now().getTime() + 3_600_000;
    while (world.now().getTime() < hour) await world.deliverNext({ hurry, running });
    expect(instant.slots.production?.version).toBe("2");
    expect(await world.pointer()).toEqual(version1);
    expect(await world.record()).toMatchObject({ state: "verified", why: "AuthorizationPermissionMismatch" });
    expect(stuck()).toMatchObject([
      { data: { state: "verified", remedy: expect.stringContaining("Storage Blob Data Contributor") } },
    ]);
    expect(promotions()).toEqual(["1"]);

    forbidden.allowed = true;
    await world.settle({ hurry, running });
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" }, previous: { version: "1" } });
    expect(promotions()).toEqual(["1", "2"]);
  });

  test("does not publish over what somebody else publishes, and tries again", async () => {
    const { instant, deploy2 } = await givenInstant();
    let refusals = 2;
    world.instead.beginPublish = (...values) => {
      refusals -= 1;
      if (refusals < 0) return instant.outside.beginPublish(...values);
      return Promise.reject(new TransientError("409 another deployment is in progress"));
    };
    await world.deliver(deploy2);
    await world.settle({ hurry });
    expect(instant.slots.production?.version).toBe("2");
  });

  test("is undone by nobody: a swap that comes late, from a call that was thought lost, is swapped again", async () => {
    const { instant, deploy2 } = await givenInstant();
    await world.deliver(deploy2);
    await world.settle({ hurry, upTo: "swapped" });
    await instant.outside.beginSwap("inference-digits");
    await world.settle({ hurry });
    expect(instant.slots.production?.version).toBe("2");
    expect(await world.pointer()).toMatchObject({ champion: { version: "2" } });
    expect(promotions()).toEqual(["1", "2"]);
  });

  test("that has failed is tried again when its message is replayed, and what is mended meanwhile counts", async () => {
    const { instant, deploy2 } = await givenInstant();
    let broken = true;
    world.instead.predict = (...values) =>
      broken ? Promise.resolve({ kind: "refused", why: "it answers 400" }) : instant.outside.predict(...values);
    await world.deliver(deploy2);
    const reason = /version 2 fails its smoke test: it answers 400/;
    await expect(world.settle({ hurry })).rejects.toThrow(reason);
    /** The dead letter that it leaves. */
    const letter = async () => {
      const { failed } = (await world.record()) ?? expect.fail("there is no record");
      return (
        world.recorder.said.find(({ subject }) => subject.endsWith(`/steps/${failed?.step}`)) ??
        expect.fail("there is no message of the step that failed")
      );
    };
    await world.deliver(await letter());
    await expect(world.settle({ hurry })).rejects.toThrow(reason);
    broken = false;
    await world.deliver(await letter());
    await world.settle({ hurry });
    expect(instant.slots.production?.version).toBe("2");
    expect(promotions()).toEqual(["1", "2"]);
  });

  test("that has failed says so again where its message comes before what is left of it is done", async () => {
    const { instant, deploy2 } = await givenInstant();
    instant.wrongInProduction.add("2");
    await world.deliver(deploy2);
    await world.settle({ hurry, upTo: "failed" }).catch(() => undefined);
    const { failed } = (await world.record()) ?? expect.fail("there is no record");
    const message = world.recorder.said.find(({ subject }) => subject.endsWith(`/steps/${failed?.step}`));
    await expect(world.deliver(message ?? expect.fail())).rejects.toThrow(/version 2 failed in production/);
    await world.settle({ hurry });
    expect(world.calls).toEqual(["publish", "swap", "publish", "swap", "swap"]);
  });
});

describe("events that the topic does not take", { timeout: 120_000 }, () => {
  test("hold up no later promotion, and are stated in their order when it takes them again", async () => {
    const { instant, deploy2 } = await givenInstant();
    const silent = withoutTopic();
    const running = world.startDeployer(silent.instance);
    await world.deliver(deploy2, running);
    await world.settle({ hurry, running, upTo: "recorded" });
    for (let step = 0; step < 5; step += 1) await world.deliverNext({ hurry, running });
    await world.judge("3", "2");
    await world.deliver(world.deployMessage({ version: "3" }, "third"), running);
    await world.settle({ hurry, running, upTo: "recorded" });
    expect(instant.slots.production?.version).toBe("3");
    expect(promotions()).toEqual(["1"]);

    silent.up = true;
    await world.settle({ hurry, running });
    expect(promotions()).toEqual(["1", "2", "3"]);
    const [, second, third] = world.recorder.heard(modelPromoted);
    expect([second, third].map((event) => event && world.recorder.timesSaid(event))).toEqual([1, 1]);
    // Told as of when it happened.
    expect(Date.parse(second?.time ?? "")).toBeLessThan(Date.parse(third?.time ?? ""));
    expect(await world.record()).toMatchObject({ state: "announced", events: [] });
  });
});

describe("commands that come during a deployment", { timeout: 120_000 }, () => {
  test("are taken up in their order when it has ended", async () => {
    const { instant, deploy2 } = await givenInstant();
    await world.judge("3", "1");
    await world.deliver(deploy2);
    await world.deliver(world.deployMessage({ version: "3" }, "third"));
    await world.force("1", "the old cameras are back", "an operator");
    expect(world.recorder.heard(evaluateModel)).toMatchObject([{ data: { version: "3" } }]);
    expect(promotions()).toEqual(["1", "2", "1"]);
    expect(instant.slots.production?.version).toBe("1");
    expect(await world.record()).toMatchObject({ state: "announced", waiting: [] });
  });

  test("and were asked for again, though the process ended then, are taken up once", async () => {
    const { deploy2 } = await givenInstant();
    await world.judge("3", "1");
    await world.deliver(deploy2);
    await world.deliver(world.deployMessage({ version: "3" }, "third"));
    await world.settle({ hurry, upTo: "recorded" });
    const step = world.recorder.said.at(-1) ?? expect.fail();
    await world.deliver(step);
    await world.settle({ hurry });
    await world.deliver(step);
    await world.settle({ hurry });
    expect(world.recorder.heard(evaluateModel)).toHaveLength(1);
  });
});
