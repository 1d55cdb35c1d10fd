import { paths } from "@ratchet/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { keepPackage, type Stores } from "../stores.ts";
import { instantApp, tinyBundle } from "../testing/instant-app.ts";
import { testManifest } from "../testing/releases.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";
import { sweepRetention } from "./sweep-retention.ts";

const day = 86_400_000;

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(async () => {
  await world.forget();
  world.instead = { ...instantApp(world.calls).outside };
  await world.apply(`${digitsYaml}\nretention: { packages: 7d }\n`);
});
afterAll(() => world[Symbol.asyncDispose]());

const packageOf = (letter: string) => ({
  manifest: testManifest(),
  sha256: letter.repeat(64),
  bytes: Buffer.from(letter),
});
const inDays = (days: number) => new Date(Date.now() + days * day);
async function sweep(days: number, stores: Stores = world.service): Promise<void> {
  for (const path of await world.pathsOf("champions", "_sweeps/")) await world.container("champions").deleteBlob(path);
  const { log } = world.delivery("a sweep", inDays(days));
  await sweepRetention({ ...world.deployer, stores }, { now: inDays(days), log });
}
const left = async () =>
  (await world.pathsOf("packages", "")).filter((path) => path.endsWith(".zip")).map((path) => path.replace(".zip", ""));

/** Versions 1 to 3, each in production after the other. */
async function given3(): Promise<readonly string[]> {
  await world.upload(tinyBundle());
  const packages: string[] = [];
  for (const version of ["1", "2", "3"]) {
    await world.judge(version, packages.length === 0 ? null : String(Number(version) - 1));
    await world.deploy({ version }, `deploy ${version}`);
    packages.push((await world.pointer())?.champion.package ?? "");
  }
  return packages;
}

describe("packages of releases", { timeout: 120_000 }, () => {
  test("go when they are older than they are to be kept, and not before", async () => {
    const [, previous = "", champion = ""] = await given3();
    expect(await left()).toHaveLength(3);
    await sweep(6.9);
    expect(await left()).toHaveLength(3);
    await sweep(7.1);
    expect(new Set(await left())).toEqual(new Set([previous, champion]));
    expect(await world.pathsOf("packages", paths.packagesOfModel("digits"))).toHaveLength(2);
  });

  test("stay for ever where nothing is said", async () => {
    await given3();
    await world.apply(digitsYaml);
    await sweep(10_000);
    expect(await left()).toHaveLength(3);
  });

  test("stay that are kept once more, however old they were, also while they are being removed", async () => {
    await given3();
    await keepPackage(world.service, packageOf("a"));
    let isKept = false;
    const stores: Stores = {
      documents: world.service.documents.bind(world.service),
      blobs(container) {
        const blobs = world.service.blobs(container);
        const remove: typeof blobs.remove = async (path, etag) => {
          if (path === paths.package("a".repeat(64)) && !isKept) {
            isKept = true;
            await keepPackage(world.service, packageOf("a"));
          }
          await blobs.remove(path, etag);
        };
        return { ...blobs, remove };
      },
    };
    await sweep(8, stores);
    expect(isKept).toBe(true);
    expect(await left()).toContain("a".repeat(64));
    expect(await world.pathsOf("packages", paths.packageOfModel("digits", "a".repeat(64)))).toHaveLength(1);
  });

  test("of which it was not noted whose they are stay", async () => {
    await given3();
    await world.put("packages", paths.package("b".repeat(64)), "a zip");
    await sweep(10_000);
    expect(await left()).toContain("b".repeat(64));
  });
});
