import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { sendContinuously } from "../fixtures/continuous-requests.ts";
import { collect, GROUP, type LocalAzure, startLocalAzure } from "../fixtures/local-azure.ts";
import { packageOf } from "../fixtures/package-of.ts";

let azure: LocalAzure;
let name: string;
let number = 0;

beforeAll(async () => {
  azure = await startLocalAzure();
});
afterAll(() => azure[Symbol.asyncDispose]());
beforeEach(() => {
  number += 1;
  name = `app${number}`;
});

afterEach(() => azure.service().sites.delete(name));

const versionAt = async (site: string) => (await (await fetch(`${site}/version`)).json()) as Record<string, string>;

async function createSite(settings: Record<string, string> = {}) {
  const appSettings = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
  return azure.client.webApps.createOrUpdate(GROUP, name, {
    location: "westeurope",
    kind: "functionapp,linux",
    tags: { model: "digits" },
    siteConfig: { appSettings },
  });
}

async function createSiteWithStaging(production: Record<string, string> = {}, staging: Record<string, string> = {}) {
  await createSite(production);
  await azure.client.webApps.createOrUpdateSlot(GROUP, name, "staging", { location: "westeurope" });
  await azure.client.webApps.updateApplicationSettingsSlot(GROUP, name, "staging", { properties: staging });
  return { production: await azure.addresses(name), staging: await azure.addresses(name, "staging") };
}

const swap = () =>
  azure.client.webApps.swapSlotWithProduction(
    GROUP,
    name,
    { targetSlot: "staging", preserveVnet: true },
    { updateIntervalInMs: 10 },
  );

describe("sites through the management client", () => {
  test("a site is created, found, listed and deleted", async () => {
    const created = await createSite();
    expect(created).toMatchObject({
      name,
      kind: "functionapp,linux",
      location: "westeurope",
      tags: { model: "digits" },
      state: "Running",
    });
    expect(created.defaultHostName).toMatch(/^localhost:\d+$/);
    expect(created.enabledHostNames).toHaveLength(2);
    expect((await azure.client.webApps.get(GROUP, name)).id).toBe(created.id);
    const listed = await collect(azure.client.webApps.listByResourceGroup(GROUP));
    expect(listed.map((site) => site.name)).toContain(name);
    await azure.client.webApps.delete(GROUP, name);
    await expect(azure.client.webApps.get(GROUP, name)).rejects.toMatchObject({
      statusCode: 404,
      code: "ResourceNotFound",
    });
  });

  test("a site of another resource group is not found", async () => {
    await createSite();
    await expect(azure.client.webApps.get("others", name)).rejects.toMatchObject({ statusCode: 404 });
  });

  test("slots are created, listed and deleted", async () => {
    const { production, staging } = await createSiteWithStaging();
    expect(new Set([production.site, production.scm, staging.site, staging.scm]).size).toBe(4);
    const slots = await collect(azure.client.webApps.listSlots(GROUP, name));
    expect(slots.map((slot) => slot.name)).toEqual([`${name}/staging`]);
    await azure.client.webApps.deleteSlot(GROUP, name, "staging");
    await expect(azure.client.webApps.getSlot(GROUP, name, "staging")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("settings are read, changed and reach the app", async () => {
    await createSite({ COLOR: "red" });
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    expect(await versionAt(site)).toMatchObject({
      color: "red",
      where: "everywhere",
      slot: "Production",
      host: site.slice("https://".length),
      url: `${site}/version`,
    });
    await azure.client.webApps.updateApplicationSettings(GROUP, name, { properties: { COLOR: "blue" } });
    expect((await azure.client.webApps.listApplicationSettings(GROUP, name)).properties).toEqual({ COLOR: "blue" });
    expect(await versionAt(site)).toMatchObject({ color: "blue" });
  });

  test("a stopped site answers 403 until it is started", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    await azure.client.webApps.stop(GROUP, name);
    expect((await fetch(`${site}/version`)).status).toBe(403);
    expect((await azure.client.webApps.get(GROUP, name)).state).toBe("Stopped");
    await azure.client.webApps.start(GROUP, name);
    expect(await versionAt(site)).toMatchObject({ version: "1" });
  });

  test("keys and functions of a site can be listed, and the key opens a function", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    const functions = await collect(azure.client.webApps.listFunctions(GROUP, name));
    expect(functions.map((fn) => fn.name)).toContain(`${name}/locked`);
    expect((await fetch(`${site}/locked`)).status).toBe(401);
    const keys = await azure.client.webApps.listHostKeys(GROUP, name);
    const response = await fetch(`${site}/locked`, {
      headers: { "x-functions-key": keys.functionKeys?.["default"] ?? "" },
    });
    expect(response.status).toBe(200);
  });

  test("a site runs a local folder and is found by the management client", async () => {
    const directory = new URL("../../functions-host/fixtures/http-app", import.meta.url).pathname;
    const wanted = {
      name,
      subscriptionId: "00000000-0000-0000-0000-000000000001",
      resourceGroup: GROUP,
      directory,
      settings: { A: "1" },
    };
    const address = await azure.service().sites.create(wanted);
    expect((await azure.addresses(name)).site).toBe(address.endpoint);
    const environment = async () =>
      (await (await fetch(`${address.endpoint}/api/environment`)).json()) as Record<string, string>;
    expect(await environment()).toMatchObject({ A: "1", WEBSITE_SITE_NAME: name });
    await azure.service().sites.create({ ...wanted, settings: { A: "2" } });
    expect(await environment()).toMatchObject({ A: "2" });
  });
});

describe("publishing", () => {
  test("a package is running when its deployment says so", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    expect((await fetch(`${site}/version`)).status).toBe(404);
    const deployment = await azure.publish(scm, await packageOf("1"));
    expect(deployment).toMatchObject({ status: 4, complete: true, active: true, status_text: "" });
    expect(await versionAt(site)).toMatchObject({ version: "1" });
    const headers = { authorization: `Bearer ${await azure.token()}` };
    const byId = await (await fetch(`${scm}/api/deployments/${deployment["id"]}`, { headers })).json();
    expect(byId).toEqual(deployment);
    const log = (await (await fetch(String(deployment["log_url"]), { headers })).json()) as { message: string }[];
    expect(log.at(-1)?.message).toBe("Deployment successful.");
  });

  test.each<[string, () => Uint8Array | Promise<Uint8Array>, RegExp]>([
    ["is no zip file", () => Buffer.from("no zip"), /cannot be unpacked: .*end of central directory record/i],
    ["is cut short", async () => (await packageOf("2")).subarray(0, 5000), /cannot be unpacked/],
    [
      "would write outside of its folder",
      () => packageOf("2", { "../../escaped.txt": Buffer.from("out") }),
      /invalid relative path: \.\.\/\.\.\/escaped\.txt/,
    ],
    ["has no host.json", () => zipSync({ "package.json": Buffer.from("{}") }), /There is no host\.json/],
    [
      "does not load",
      () =>
        packageOf("2", { dist: Buffer.from("") }).then(() =>
          zipSync({
            "host.json": Buffer.from(`{"version":"2.0"}`),
            "package.json": Buffer.from(`{"main":"a.js"}`),
            "a.js": Buffer.from("throw new Error('no model inside')"),
          }),
        ),
      /no model inside/,
    ],
  ])("a package that %s fails with the reason and leaves the site as it was", async (_, body, reason) => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    const deployment = await azure.publish(scm, await body());
    expect(deployment).toMatchObject({
      status: 3,
      complete: true,
      active: false,
      status_text: expect.stringMatching(reason),
    });
    expect(await versionAt(site)).toMatchObject({ version: "1" });
    const content = join(azure.folder, "sites", name, "content");
    expect(readdirSync(content)).toHaveLength(1);
    expect(existsSync(join(content, "../../escaped.txt"))).toBe(false);
  });

  test("a publish without a valid bearer token is refused", async () => {
    await createSite();
    const { scm } = await azure.addresses(name);
    const post = (headers: Record<string, string>) =>
      fetch(`${scm}/api/publish?type=zip`, { method: "POST", body: "x", headers });
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: "Bearer made-up" })).status).toBe(401);
  });

  test("a package type that is not supported is refused before it is read", async () => {
    await createSite();
    const { scm } = await azure.addresses(name);
    await expect(azure.publish(scm, Buffer.from("x"), "type=war&async=true")).rejects.toThrow(
      /400 The package type "war" is not supported/,
    );
  });

  test("a synchronous publish answers when it is done, a bad one with the reason", async () => {
    await createSite();
    const { scm } = await azure.addresses(name);
    const headers = { authorization: `Bearer ${await azure.token()}` };
    const post = async (body: Uint8Array) =>
      fetch(`${scm}/api/zipdeploy`, { method: "POST", body: Buffer.from(body), headers });
    expect((await post(await packageOf("1"))).status).toBe(200);
    const refused = await post(Buffer.from("no zip"));
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("cannot be unpacked")]);
  });

  test("a package beyond the limit is refused without being read", async () => {
    await createSite();
    const { scm } = await azure.addresses(name);
    const headers = {
      authorization: `Bearer ${await azure.token()}`,
      "content-length": String(2_048 * 1024 * 1024 + 1),
    };
    const status = await new Promise((resolve, reject) => {
      const sending = request(`${scm}/api/publish?type=zip`, { method: "POST", headers }, (response) => {
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.on("error", reject);
      sending.write("the first bytes");
    });
    expect(status).toBe(413);
  });

  test("a second package is refused while one is being deployed", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    const body = Buffer.from(await packageOf("1"));
    const headers = { authorization: `Bearer ${await azure.token()}` };
    const post = () => fetch(`${scm}/api/publish?type=zip&async=true`, { method: "POST", body, headers });
    expect((await Promise.all([post(), post()])).map(({ status }) => status).sort()).toEqual([202, 409]);
    await vi.waitUntil(async () => (await fetch(`${site}/version`)).ok, { timeout: 10_000 });
  });

  test("with restart=false the new content runs from the next restart on", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    await azure.publish(scm, await packageOf("2"), "type=zip&async=true&restart=false");
    expect(await versionAt(site)).toMatchObject({ version: "1" });
    await azure.client.webApps.restart(GROUP, name);
    expect(await versionAt(site)).toMatchObject({ version: "2" });
  });

  test("with clean=false a package goes over what is there", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    await azure.publish(scm, zipSync({ "more.txt": Buffer.from("more") }), "type=zip&async=true&clean=false");
    expect(await versionAt(site)).toMatchObject({ version: "1" });
    const content = join(azure.folder, "sites", name, "content");
    await vi.waitUntil(() => readdirSync(content).length === 1);
    expect(readdirSync(join(content, readdirSync(content)[0] ?? "")).sort()).toEqual([
      "dist",
      "host.json",
      "more.txt",
      "package.json",
    ]);
  });

  test("content that nothing runs any more is removed", async () => {
    await createSite();
    const { scm } = await azure.addresses(name);
    for (const version of ["1", "2", "3"]) await azure.publish(scm, await packageOf(version));
    await vi.waitUntil(() => readdirSync(join(azure.folder, "sites", name, "content")).length === 1);
  });
});

describe("swapping", () => {
  test("content and settings change places, sticky settings stay", async () => {
    const { production, staging } = await createSiteWithStaging({ COLOR: "blue" }, { COLOR: "green" });
    await azure.client.webApps.updateSlotConfigurationNames(GROUP, name, { appSettingNames: ["COLOR"] });
    await azure.publish(production.scm, await packageOf("old"));
    await azure.publish(staging.scm, await packageOf("new"));
    await swap();
    expect(await versionAt(production.site)).toMatchObject({ version: "new", color: "blue", slot: "Production" });
    expect(await versionAt(staging.site)).toMatchObject({ version: "old", color: "green", slot: "staging" });
    expect((await azure.client.webApps.get(GROUP, name)).slotSwapStatus).toMatchObject({
      sourceSlotName: "staging",
      destinationSlotName: "production",
    });
    await azure.client.webApps.updateSlotConfigurationNames(GROUP, name, { appSettingNames: [] });
    await azure.client.webApps.beginSwapSlotAndWait(GROUP, name, "staging", {
      targetSlot: "production",
      preserveVnet: true,
    });
    expect(await versionAt(production.site)).toMatchObject({ version: "old", color: "green" });
  });

  test("an app that does not pass the warm-up ping is not swapped in", async () => {
    const warmUp = { WEBSITE_SWAP_WARMUP_PING_PATH: "/unwell", WEBSITE_SWAP_WARMUP_PING_STATUSES: "200,202" };
    const { production, staging } = await createSiteWithStaging(warmUp, warmUp);
    await azure.publish(production.scm, await packageOf("old"));
    await azure.publish(staging.scm, await packageOf("unwell"));
    await expect(swap()).rejects.toThrow(/warm-up ping of \/unwell was answered 500/);
    expect(await versionAt(production.site)).toMatchObject({ version: "old" });
    expect(await versionAt(staging.site)).toMatchObject({ version: "unwell" });
  });

  test("a slot that nothing was published to is not swapped in", async () => {
    const { production } = await createSiteWithStaging();
    await azure.publish(production.scm, await packageOf("old"));
    await expect(swap()).rejects.toThrow(/nothing has been published to the slot "staging"/);
    await expect(
      azure.client.webApps.swapSlotWithProduction(GROUP, name, { targetSlot: "none", preserveVnet: true }),
    ).rejects.toMatchObject({ statusCode: 404 });
    expect(await versionAt(production.site)).toMatchObject({ version: "old" });
  });

  test("no request fails through publish, swap and swap back", async () => {
    const { production, staging } = await createSiteWithStaging();
    await azure.publish(production.scm, await packageOf("one"));
    const requests = sendContinuously(`${production.site}/version`);
    await azure.publish(staging.scm, await packageOf("two"));
    await swap();
    await vi.waitUntil(async () => (await versionAt(production.site))["version"] === "two");
    await swap();
    await azure.client.webApps.restart(GROUP, name);
    await azure.publish(production.scm, await packageOf("three"));
    const { answered, failures, versions } = await requests.stop();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(100);
    // Each client may see the change a moment apart, but what the slots ran came in this order.
    expect([...new Set(versions)]).toEqual(["one", "two", "three"]);
  }, 60_000);

  test("a request that is under way in a swap is answered by the app that got it", async () => {
    const { production, staging } = await createSiteWithStaging();
    await azure.publish(production.scm, await packageOf("old"));
    await azure.publish(staging.scm, await packageOf("new"));
    const slow = fetch(`${production.site}/slow?ms=2500`);
    await fetch(`${production.site}/version`);
    await swap();
    expect(await versionAt(production.site)).toMatchObject({ version: "new" });
    expect(await (await slow).text()).toBe("old");
  });
});

describe("a site that goes through bad times", () => {
  test("an app that crashes is answered for by 503 with Retry-After and started again", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    const crashed = await fetch(`${site}/crash`, { method: "POST" });
    expect(crashed.status).toBe(503);
    expect(Number(crashed.headers.get("retry-after"))).toBeGreaterThan(0);
    await vi.waitUntil(async () => (await fetch(`${site}/version`)).ok, { timeout: 10_000 });
    expect(
      azure.logs.some(
        (log) => log.site === name && /The app is down \(the process ended with code 9\)/.test(log.message),
      ),
    ).toBe(true);
  });

  test("a body streams through to the app and back unharmed", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    const body = Buffer.alloc(5_000_000, "0123456789");
    const response = await fetch(`${site}/echo`, { method: "POST", body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });
});

describe("the data folder", () => {
  let shared: LocalAzure;
  beforeAll(async () => {
    // Of its own: everything in it starts again.
    shared = azure;
    azure = await startLocalAzure();
  });
  afterAll(async () => {
    await azure[Symbol.asyncDispose]();
    azure = shared;
  });

  test("sites, settings, content, keys and addresses come back after a restart", async () => {
    const { production, staging } = await createSiteWithStaging({ COLOR: "blue" });
    await azure.publish(production.scm, await packageOf("old"));
    await azure.publish(staging.scm, await packageOf("new"));
    await swap();
    const keys = await azure.client.webApps.listHostKeys(GROUP, name);
    await azure.restart();
    expect(await azure.addresses(name)).toEqual(production);
    expect(await versionAt(production.site)).toMatchObject({ version: "new" });
    expect(await versionAt(staging.site)).toMatchObject({ version: "old", color: "blue" });
    expect(await azure.client.webApps.listHostKeys(GROUP, name)).toEqual(keys);
  });

  test("a deployment that a restart cut off has failed, and what ran before runs", async () => {
    await createSite();
    const { site, scm } = await azure.addresses(name);
    await azure.publish(scm, await packageOf("1"));
    const file = join(azure.folder, "sites", name, "site.json");
    const definition = JSON.parse(readFileSync(file, "utf8"));
    definition.slots.production.deployments.unshift({
      ...definition.slots.production.deployments[0],
      id: "cut-off",
      status: 2,
      complete: false,
      active: false,
    });
    writeFileSync(file, JSON.stringify(definition));
    await azure.restart();
    const latest = await fetch(`${scm}/api/deployments/latest`, {
      headers: { authorization: `Bearer ${await azure.token()}` },
    });
    expect(await latest.json()).toMatchObject({
      id: "cut-off",
      status: 3,
      complete: true,
      status_text: expect.stringContaining("restarted"),
    });
    expect(await versionAt(site)).toMatchObject({ version: "1" });
  });
});
