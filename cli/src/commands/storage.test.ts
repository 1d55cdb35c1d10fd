import type { ContainerName } from "@ratchet/contracts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDeployment, type TestDeployment } from "../testing/deployment.ts";
import { keptStorage } from "./storage.ts";

let stage: TestDeployment;
beforeAll(async () => {
  stage = await startTestDeployment();
});
afterAll(() => stage[Symbol.asyncDispose]());

const put = (container: ContainerName, path: string, bytes: number) =>
  stage.deployment.container(container).getBlockBlobClient(path).upload("x".repeat(bytes), bytes);

test("storage that is empty costs nothing", async () => {
  expect(await keptStorage(stage.deployment)).toEqual({ model: undefined, kinds: [], blobs: 0, bytes: 0, monthly: 0 });
});

test("what is kept is told by kind, of all or of one model, and what it costs", async () => {
  const begun = new Date(Date.now() - 2000).toISOString();
  await put("drops", "digits/a.csv", 100);
  await put("drops", "digits/b.csv", 20);
  await put("drops", "weather/a.csv", 3);
  await put("runs", "digits-0f1e2d3c4b5a6978/model/model.onnx", 1000);
  await put("packages", `${"a".repeat(64)}.zip`, 50);
  const kept = await keptStorage(stage.deployment, { price: 2 });
  expect(kept).toMatchObject({ blobs: 5, bytes: 1173, monthly: (2 * 1173) / 1e9 });
  expect(kept.kinds.map(({ container, kind, blobs, bytes }) => [container, kind, blobs, bytes])).toEqual([
    ["drops", "dropped files", 3, 123],
    ["runs", "models of runs", 1, 1000],
    ["packages", "published packages", 1, 50],
  ]);
  for (const { oldest, newest } of kept.kinds) {
    expect(oldest >= begun && oldest <= newest).toBe(true);
    expect(newest <= new Date(Date.now() + 1000).toISOString()).toBe(true);
  }
  const ofDigits = await keptStorage(stage.deployment, { model: "digits" });
  expect(ofDigits).toMatchObject({ model: "digits", blobs: 3, bytes: 1120 });
  expect(ofDigits.kinds.map(({ kind }) => kind)).toEqual(["dropped files", "models of runs"]);
  expect(await keptStorage(stage.deployment, { model: "houses" })).toMatchObject({ blobs: 0, kinds: [] });
});
