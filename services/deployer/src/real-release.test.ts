import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testManifest } from "./testing/releases.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "./testing/world.ts";

const inference = fileURLToPath(new URL("../../inference/", import.meta.url));

let world: DeployerWorld;
let folder: string;
beforeAll(async () => {
  world = await startDeployerWorld();
  await world.reset();
  folder = await mkdtemp(join(tmpdir(), "real-release-"));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Customers who ask without pause. */
function customers(count: number) {
  let open = true;
  const versions: unknown[] = [];
  const failures: unknown[] = [];
  const ask = async () => {
    while (open) {
      const answer = await world.predict().catch((error: unknown) => ({ status: 0, version: undefined, data: error }));
      if (answer.status !== 200) failures.push(answer);
      else if (versions.at(-1) !== answer.version) versions.push(answer.version);
    }
  };
  const all = Promise.all(Array.from({ length: count }, ask));
  return {
    async leave() {
      open = false;
      await all;
      return { versions, failures };
    },
  };
}

describe("the real inference app, with a real model in ONNX Runtime", () => {
  test("serves, is replaced and rolled back without a customer noticing more than the version", async () => {
    const path = join(folder, "release.zip");
    await promisify(execFile)(process.execPath, [join(inference, "src/build-release.ts"), "--path", path]);
    const onnx = await readFile(join(inference, "fixtures/classifier.onnx"));
    await world.apply(digitsYaml);
    await world.upload(await readFile(path));
    // The golden predictions of the fixture; an empty field is not-a-number, and so would be the sums with it.
    await world.judge("1", null, onnx);
    await expect(world.deploy({ version: "1" }, "first")).rejects.toThrow(/does not reproduce its golden predictions/);

    const golden = { ...testManifest().golden, rows: [[1, 2, 3, 4]], expected: [[10, 19, 28]] };
    await world.judge("1", null, onnx, golden);
    await world.deploy({ version: "1" }, "again");
    expect(await world.predict()).toMatchObject({ status: 200, version: "1", data: [10, 19, 28, null, null, null] });

    const busy = customers(3);
    await world.judge("2", "1", onnx, golden);
    await world.deploy({ version: "2" }, "second");
    await world.rollBack("to see whether it can be done");
    const { versions, failures } = await busy.leave();
    expect(failures).toEqual([]);
    expect(versions).toEqual(["1", "2", "1"]);
  }, 180_000);
});
