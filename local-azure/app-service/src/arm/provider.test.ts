import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { collect, resourceGroup } from "../testing/local-azure.ts";
import { packageOf } from "../testing/package-of.ts";
import { useLocalAzure, versionAt } from "../testing/site-tests.ts";

const tests = useLocalAzure();

test("a site is created, found, listed and deleted", async () => {
  const { site, scm } = await tests.createSite();
  const created = await tests.azure.client.webApps.get(resourceGroup, tests.name);
  expect(created).toMatchObject({ name: tests.name, kind: "functionapp,linux", location: "westeurope" });
  expect(created).toMatchObject({ tags: { team: "orders" }, state: "Running" });
  expect(created.defaultHostName).toMatch(/^localhost:\d+$/);
  expect(created.enabledHostNames?.map((host) => `https://${host}`)).toEqual([site, scm]);
  const listed = await collect(tests.azure.client.webApps.listByResourceGroup(resourceGroup));
  expect(listed.map((site) => site.name)).toContain(tests.name);
  await tests.azure.client.webApps.delete(resourceGroup, tests.name);
  await expect(tests.azure.client.webApps.get(resourceGroup, tests.name)).rejects.toMatchObject({
    statusCode: 404,
    code: "ResourceNotFound",
  });
});

test("a site of another resource group is not found", async () => {
  await tests.createSite();
  await expect(tests.azure.client.webApps.get("others", tests.name)).rejects.toMatchObject({ statusCode: 404 });
});

test("slots are created, listed and deleted", async () => {
  const { production, staging } = await tests.createSiteWithStaging();
  expect(new Set([production.site, production.scm, staging.site, staging.scm]).size).toBe(4);
  const slots = await collect(tests.azure.client.webApps.listSlots(resourceGroup, tests.name));
  expect(slots.map((slot) => slot.name)).toEqual([`${tests.name}/staging`]);
  await tests.azure.client.webApps.deleteSlot(resourceGroup, tests.name, "staging");
  await expect(tests.azure.client.webApps.getSlot(resourceGroup, tests.name, "staging")).rejects.toMatchObject({
    statusCode: 404,
  });
});

test("a name that would lead out of its folder is refused, and nothing is removed", async () => {
  const victim = join(tests.azure.folder, "victim");
  mkdirSync(victim);
  for (const name of ["../victim", "../../victim", "..\\victim"]) {
    const { webApps } = tests.azure.client;
    const put = webApps.createOrUpdate(resourceGroup, name, { location: "here" });
    await expect(put).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining("a site's name") });
    await webApps.delete(resourceGroup, name);
  }
  const { createOrUpdateSlot } = tests.azure.client.webApps;
  await tests.createSite();
  await expect(createOrUpdateSlot(resourceGroup, tests.name, "../x", { location: "here" })).rejects.toMatchObject({
    statusCode: 400,
  });
  expect(existsSync(victim)).toBe(true);
});

test("settings are read, changed and reach the app", async () => {
  const { site, scm } = await tests.createSite({ COLOR: "red" });
  await tests.azure.publish(scm, await packageOf("1"));
  expect(await versionAt(site)).toMatchObject({
    color: "red",
    where: "everywhere",
    slot: "Production",
    host: site.slice("https://".length),
    url: `${site}/version`,
  });
  await tests.azure.client.webApps.updateApplicationSettings(resourceGroup, tests.name, {
    properties: { COLOR: "blue" },
  });
  expect((await tests.azure.client.webApps.listApplicationSettings(resourceGroup, tests.name)).properties).toEqual({
    COLOR: "blue",
  });
  expect(await versionAt(site)).toMatchObject({ color: "blue" });
});

test("a stopped site answers 403 until it is started", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  await tests.azure.client.webApps.stop(resourceGroup, tests.name);
  expect((await fetch(`${site}/version`)).status).toBe(403);
  expect((await tests.azure.client.webApps.get(resourceGroup, tests.name)).state).toBe("Stopped");
  await tests.azure.client.webApps.start(resourceGroup, tests.name);
  expect(await versionAt(site)).toMatchObject({ version: "1" });
});

test("keys and functions of a site can be listed, and the key opens a function", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  const functions = await collect(tests.azure.client.webApps.listFunctions(resourceGroup, tests.name));
  expect(functions.map((fn) => fn.name)).toContain(`${tests.name}/locked`);
  expect((await fetch(`${site}/locked`)).status).toBe(401);
  const keys = await tests.azure.client.webApps.listHostKeys(resourceGroup, tests.name);
  const response = await fetch(`${site}/locked`, {
    headers: { "x-functions-key": keys.functionKeys?.["default"] ?? "" },
  });
  expect(response.status).toBe(200);
});

test("a site runs a local folder and is found by the management client", async () => {
  const directory = new URL("../../../functions-host/fixtures/http-app", import.meta.url).pathname;
  const wanted = {
    name: tests.name,
    subscriptionId: "00000000-0000-0000-0000-000000000001",
    resourceGroup,
    directory,
    settings: { A: "1" },
  };
  const address = await tests.azure.service().sites.create(wanted);
  expect((await tests.azure.addresses(tests.name)).site).toBe(address.endpoint);
  const environment = async () =>
    (await (await fetch(`${address.endpoint}/api/environment`)).json()) as Record<string, string>;
  expect(await environment()).toMatchObject({ A: "1", WEBSITE_SITE_NAME: tests.name });
  await tests.azure.service().sites.create({ ...wanted, settings: { A: "2" } });
  expect(await environment()).toMatchObject({ A: "2" });
});
