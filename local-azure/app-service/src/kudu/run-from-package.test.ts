import { expect, test, vi } from "vitest";
import { resourceGroup } from "../testing/local-azure.ts";
import { packageOf } from "../testing/package-of.ts";
import { useLocalAzure, versionAt } from "../testing/site-tests.ts";

const tests = useLocalAzure();
const givenSite = () => tests.createSite({ WEBSITE_RUN_FROM_PACKAGE: "1" });

interface Shown {
  readonly status: number;
  readonly complete: boolean;
  readonly message: string;
}

const get = async (url: string) => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${await tests.azure.token()}` } });
  return { status: response.status, deployment: (await response.json().catch(() => undefined)) as Shown | undefined };
};
const post = async (url: string, body: Uint8Array) =>
  fetch(url, {
    method: "POST",
    body: Buffer.from(body),
    headers: { authorization: `Bearer ${await tests.azure.token()}` },
  });
const accepted = async (scm: string, body: Uint8Array, message: string) =>
  expect((await post(`${scm}/api/zipdeploy?isAsync=true&message=${message}`, body)).status).toBe(202);
const shown = (scm: string, message: string) =>
  vi.waitUntil(
    async () => {
      const { deployment } = await get(`${scm}/api/deployments/latest`);
      return deployment?.complete && deployment.message === message ? deployment : undefined;
    },
    { timeout: 10_000, interval: 20 },
  );
const serves = (site: string, version: string) =>
  vi.waitUntil(async () => (await versionAt(site).catch(() => undefined))?.["version"] === version, {
    timeout: 10_000,
    interval: 20,
  });

test("a package runs once it is published by zip deployment; every second time, after one more restart", async () => {
  const { site, scm } = await givenSite();
  await accepted(scm, await packageOf("1"), "first");
  expect(await shown(scm, "first")).toMatchObject({ status: 4 });
  await serves(site, "1");

  await accepted(scm, await packageOf("2"), "second");
  expect(await shown(scm, "second")).toMatchObject({ status: 4 });
  await serves(site, "1");
  await tests.azure.client.webApps.restart(resourceGroup, tests.name);
  expect(await versionAt(site)).toMatchObject({ version: "2" });
});

test("what OneDeploy calls a success leaves the app with the package before", async () => {
  const { site, scm } = await givenSite();
  await accepted(scm, await packageOf("1"), "first");
  await serves(site, "1");
  expect(await tests.azure.publish(scm, await packageOf("2"))).toMatchObject({ status: 4, message: "OneDeploy" });
  await tests.azure.client.webApps.restart(resourceGroup, tests.name);
  expect(await versionAt(site)).toMatchObject({ version: "1" });
});

test("a package that is none is called a success, and the app is down", async () => {
  const { site, scm } = await givenSite();
  await accepted(scm, Buffer.from("no zip"), "none");
  expect(await shown(scm, "none")).toMatchObject({ status: 4 });
  await vi.waitUntil(async () => (await fetch(`${site}/version`)).status === 503, { timeout: 10_000 });
});

test("the latest deployment is at first the one before; its id is told where it is asked for, and is Resource Manager's", async () => {
  const { scm } = await givenSite();
  await accepted(scm, await packageOf("1"), "first");
  expect((await get(`${scm}/api/deployments/latest`)).status).toBe(404);
  await shown(scm, "first");
  const tracked = await post(
    `${scm}/api/zipdeploy?isAsync=true&trackDeploymentProgress=true&message=second`,
    await packageOf("2"),
  );
  const id = tracked.headers.get("scm-deployment-id");
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(tracked.headers.get("location")).toContain(`${scm}/api/deployments/latest?deployer=Push-Deployer`);
  expect((await get(`${scm}/api/deployments/latest`)).deployment).toMatchObject({ message: "first", complete: true });
  expect((await get(`${scm}/api/deployments/${id}`)).status).toBe(404);
  await shown(scm, "second");
});

test("an app that runs from a package elsewhere takes none", async () => {
  const { scm } = await tests.createSite({ WEBSITE_RUN_FROM_PACKAGE: "https://example.com/package.zip" });
  expect((await post(`${scm}/api/zipdeploy`, await packageOf("1"))).status).toBe(409);
});
