import { existsSync, readdirSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { zipSync } from "fflate";
import { expect, test, vi } from "vitest";
import { resourceGroup } from "../testing/local-azure.ts";
import { packageOf } from "../testing/package-of.ts";
import { useLocalAzure, versionAt } from "../testing/site-tests.ts";

const tests = useLocalAzure();

test("a package is running when its deployment says so", async () => {
  const { site, scm } = await tests.createSite();
  expect((await fetch(`${site}/version`)).status).toBe(404);
  const deployment = await tests.azure.publish(scm, await packageOf("1"));
  expect(deployment).toMatchObject({ status: 4, complete: true, active: true, status_text: "" });
  expect(await versionAt(site)).toMatchObject({ version: "1" });
  const headers = { authorization: `Bearer ${await tests.azure.token()}` };
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
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  const deployment = await tests.azure.publish(scm, await body());
  expect(deployment).toMatchObject({
    status: 3,
    complete: true,
    active: false,
    status_text: expect.stringMatching(reason),
  });
  expect(await versionAt(site)).toMatchObject({ version: "1" });
  const content = join(tests.azure.folder, "sites", tests.name, "content");
  expect(readdirSync(content)).toHaveLength(1);
  expect(existsSync(join(content, "../../escaped.txt"))).toBe(false);
});

test("a publish without a valid bearer token is refused", async () => {
  const { scm } = await tests.createSite();
  const post = (headers: Record<string, string>) =>
    fetch(`${scm}/api/publish?type=zip`, { method: "POST", body: "x", headers });
  expect((await post({})).status).toBe(401);
  expect((await post({ authorization: "Bearer made-up" })).status).toBe(401);
});

test("a package type that is not supported is refused before it is read", async () => {
  const { scm } = await tests.createSite();
  await expect(tests.azure.publish(scm, Buffer.from("x"), "type=war&async=true")).rejects.toThrow(
    /400 The package type "war" is not supported/,
  );
});

test("a synchronous publish answers when it is done, a bad one with the reason", async () => {
  const { scm } = await tests.createSite();
  const headers = { authorization: `Bearer ${await tests.azure.token()}` };
  const post = async (body: Uint8Array) =>
    fetch(`${scm}/api/zipdeploy`, { method: "POST", body: Buffer.from(body), headers });
  expect((await post(await packageOf("1"))).status).toBe(200);
  const refused = await post(Buffer.from("no zip"));
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("cannot be unpacked")]);
});

test("a package beyond the limit is refused without being read", async () => {
  const { scm } = await tests.createSite();
  const headers = {
    authorization: `Bearer ${await tests.azure.token()}`,
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
  const { site, scm } = await tests.createSite();
  const body = Buffer.from(await packageOf("1"));
  const headers = { authorization: `Bearer ${await tests.azure.token()}` };
  const post = () => fetch(`${scm}/api/publish?type=zip&async=true`, { method: "POST", body, headers });
  expect((await Promise.all([post(), post()])).map(({ status }) => status).sort()).toEqual([202, 409]);
  await vi.waitUntil(async () => (await fetch(`${site}/version`)).ok, { timeout: 10_000 });
});

test("with restart=false the new content runs from the next restart on", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  await tests.azure.publish(scm, await packageOf("2"), "type=zip&async=true&restart=false");
  expect(await versionAt(site)).toMatchObject({ version: "1" });
  await tests.azure.client.webApps.restart(resourceGroup, tests.name);
  expect(await versionAt(site)).toMatchObject({ version: "2" });
});

test("with clean=false a package goes over what is there", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  await tests.azure.publish(scm, zipSync({ "more.txt": Buffer.from("more") }), "type=zip&async=true&clean=false");
  expect(await versionAt(site)).toMatchObject({ version: "1" });
  const content = join(tests.azure.folder, "sites", tests.name, "content");
  await vi.waitUntil(() => readdirSync(content).length === 1, { timeout: 10_000 });
  expect(readdirSync(join(content, readdirSync(content)[0] ?? "")).sort()).toEqual([
    "dist",
    "host.json",
    "more.txt",
    "package.json",
  ]);
});

test("content that nothing runs any more is removed", async () => {
  const { scm } = await tests.createSite();
  for (const version of ["1", "2", "3"]) await tests.azure.publish(scm, await packageOf(version));
  await vi.waitUntil(() => readdirSync(join(tests.azure.folder, "sites", tests.name, "content")).length === 1, {
    timeout: 10_000,
  });
});
