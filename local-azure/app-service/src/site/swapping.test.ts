import { expect, test, vi } from "vitest";
import { sendContinuously } from "../testing/continuous-requests.ts";
import { resourceGroup } from "../testing/local-azure.ts";
import { packageOf } from "../testing/package-of.ts";
import { useLocalAzure, versionAt } from "../testing/site-tests.ts";

const tests = useLocalAzure();

test("content and settings change places, sticky settings stay", async () => {
  const { production, staging } = await tests.createSiteWithStaging({ COLOR: "blue" }, { COLOR: "green" });
  await tests.azure.client.webApps.updateSlotConfigurationNames(resourceGroup, tests.name, {
    appSettingNames: ["COLOR"],
  });
  await tests.azure.publish(production.scm, await packageOf("old"));
  await tests.azure.publish(staging.scm, await packageOf("new"));
  await tests.swap();
  expect(await versionAt(production.site)).toMatchObject({ version: "new", color: "blue", slot: "Production" });
  expect(await versionAt(staging.site)).toMatchObject({ version: "old", color: "green", slot: "staging" });
  expect((await tests.azure.client.webApps.get(resourceGroup, tests.name)).slotSwapStatus).toMatchObject({
    sourceSlotName: "staging",
    destinationSlotName: "production",
  });
  await tests.azure.client.webApps.updateSlotConfigurationNames(resourceGroup, tests.name, { appSettingNames: [] });
  await tests.azure.client.webApps.beginSwapSlotAndWait(resourceGroup, tests.name, "staging", {
    targetSlot: "production",
    preserveVnet: true,
  });
  expect(await versionAt(production.site)).toMatchObject({ version: "old", color: "green" });
});

test("an app that does not pass the warm-up ping is not swapped in", async () => {
  const warmUp = { WEBSITE_SWAP_WARMUP_PING_PATH: "/unwell", WEBSITE_SWAP_WARMUP_PING_STATUSES: "200,202" };
  const { production, staging } = await tests.createSiteWithStaging(warmUp, warmUp);
  await tests.azure.publish(production.scm, await packageOf("old"));
  await tests.azure.publish(staging.scm, await packageOf("unwell"));
  await expect(tests.swap()).rejects.toThrow(/warm-up ping of \/unwell was answered 500/);
  expect(await versionAt(production.site)).toMatchObject({ version: "old" });
  expect(await versionAt(staging.site)).toMatchObject({ version: "unwell" });
});

test("a slot that nothing was published to is not swapped in", async () => {
  const { production } = await tests.createSiteWithStaging();
  await tests.azure.publish(production.scm, await packageOf("old"));
  await expect(tests.swap()).rejects.toThrow(/nothing has been published to the slot "staging"/);
  await expect(
    tests.azure.client.webApps.swapSlotWithProduction(resourceGroup, tests.name, {
      targetSlot: "none",
      preserveVnet: true,
    }),
  ).rejects.toMatchObject({ statusCode: 404 });
  expect(await versionAt(production.site)).toMatchObject({ version: "old" });
});

test("no request fails through publish, swap and swap back", async () => {
  const { production, staging } = await tests.createSiteWithStaging();
  await tests.azure.publish(production.scm, await packageOf("one"));
  const requests = sendContinuously(`${production.site}/version`);
  await tests.azure.publish(staging.scm, await packageOf("two"));
  await tests.swap();
  await vi.waitUntil(async () => (await versionAt(production.site))["version"] === "two", { timeout: 10_000 });
  await tests.swap();
  await tests.azure.client.webApps.restart(resourceGroup, tests.name);
  await tests.azure.publish(production.scm, await packageOf("three"));
  await vi.waitUntil(() => requests.hasSeen("three"), { timeout: 10_000 });
  const { answered, failures, versions } = await requests.stop();
  expect(failures).toEqual([]);
  expect(answered).toBeGreaterThan(100);
  // Each client may see the change a moment apart, but what the slots ran came in this order.
  expect([...new Set(versions)]).toEqual(["one", "two", "three"]);
}, 60_000);

test("a request that is under way in a swap is answered by the app that got it", async () => {
  const { production, staging } = await tests.createSiteWithStaging();
  await tests.azure.publish(production.scm, await packageOf("old"));
  await tests.azure.publish(staging.scm, await packageOf("new"));
  const slow = fetch(`${production.site}/slow?ms=2500`);
  await fetch(`${production.site}/version`);
  await tests.swap();
  expect(await versionAt(production.site)).toMatchObject({ version: "new" });
  expect(await (await slow).text()).toBe("old");
});
