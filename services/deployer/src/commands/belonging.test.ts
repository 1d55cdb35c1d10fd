import { paths, verdict } from "@ratchet/contracts";
import { sha256 } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testVerdict } from "../testing/releases.ts";
import { type DeployerWorld, digitsYaml, startDeployerWorld } from "../testing/world.ts";
import { RefusedDeploymentError } from "./plan.ts";

let world: DeployerWorld;
beforeAll(async () => {
  world = await startDeployerWorld();
});
beforeEach(() => world.reset());
afterAll(() => world[Symbol.asyncDispose]());

const lettersYaml = digitsYaml.replace("model: digits", "model: letters");

/** Version 1 of letters, judged good. */
async function judgeLetters(): Promise<void> {
  const { onnx } = testVerdict();
  const judged = testVerdict({ model: "letters", version: "1", champion: null, onnx });
  const weights = Buffer.from("weights of letters");
  await world.put("runs", onnx.path, weights);
  const exact = { ...judged, onnx: { ...onnx, sha256: sha256(weights) } };
  await world.documents("verdicts").write(paths.verdict("letters", "1"), verdict, exact, "any");
}
const deployLetters = (cause: string) => world.deploy({ model: "letters", version: "1" }, cause);

describe("an app", { timeout: 120_000 }, () => {
  test("belongs to one model: another one that names it is refused, and the first goes on serving", async () => {
    await world.givenVersion1();
    await world.apply(lettersYaml);
    await judgeLetters();
    const refused = await deployLetters("letters").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedDeploymentError);
    expect(String(refused)).toMatch(
      /the app inference-digits belongs to the model digits, which letters would take offline: name another app/,
    );
    expect(await world.predict()).toMatchObject({ status: 200, version: "1" });
    expect(world.calls).toEqual(["publish", "swap"]);
  });

  test("belonged to a model before apps had records, too", async () => {
    await world.givenVersion1();
    await world.container("champions").deleteBlob(paths.deployment("inference-digits"));
    await world.apply(lettersYaml);
    await judgeLetters();
    await expect(deployLetters("letters")).rejects.toThrow(RefusedDeploymentError);
    expect(await world.predict()).toMatchObject({ status: 200, version: "1" });
  });

  test("is free for another model once the first no longer names it", async () => {
    await world.givenVersion1();
    await world.apply(digitsYaml.replace("inference-digits", "inference-digits-2"));
    await world.apply(lettersYaml);
    await judgeLetters();
    await deployLetters("letters");
    expect(await world.record()).toMatchObject({ model: "letters", state: "announced", former: null });
  });
});
