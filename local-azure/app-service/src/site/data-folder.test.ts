import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resourceGroup } from "../testing/local-azure.ts";
import { packageOf } from "../testing/package-of.ts";
import { useLocalAzure, versionAt } from "../testing/site-tests.ts";

const tests = useLocalAzure();

test("sites, settings, content, keys and addresses come back after a restart", async () => {
  const { production, staging } = await tests.createSiteWithStaging({ COLOR: "blue" });
  await tests.azure.publish(production.scm, await packageOf("old"));
  await tests.azure.publish(staging.scm, await packageOf("new"));
  await tests.swap();
  const keys = await tests.azure.client.webApps.listHostKeys(resourceGroup, tests.name);
  await tests.azure.restart();
  expect(await tests.azure.addresses(tests.name)).toEqual(production);
  expect(await versionAt(production.site)).toMatchObject({ version: "new" });
  expect(await versionAt(staging.site)).toMatchObject({ version: "old", color: "blue" });
  expect(await tests.azure.client.webApps.listHostKeys(resourceGroup, tests.name)).toEqual(keys);
});

test("a deployment that a restart cut off has failed, and what ran before runs", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  const file = join(tests.azure.folder, "sites", tests.name, "site.json");
  const definition = JSON.parse(readFileSync(file, "utf8"));
  definition.slots.production.deployments.unshift({
    ...definition.slots.production.deployments[0],
    id: "cut-off",
    status: 2,
    complete: false,
    active: false,
  });
  writeFileSync(file, JSON.stringify(definition));
  await tests.azure.restart();
  const latest = await fetch(`${scm}/api/deployments/latest`, {
    headers: { authorization: `Bearer ${await tests.azure.token()}` },
  });
  expect(await latest.json()).toMatchObject({
    id: "cut-off",
    status: 3,
    complete: true,
    status_text: expect.stringContaining("restarted"),
  });
  expect(await versionAt(site)).toMatchObject({ version: "1" });
});
