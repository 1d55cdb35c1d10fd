import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import { createMachineLearning, type MachineLearning } from "@local-azure/machine-learning";
import { startResourceManager } from "@local-azure/resource-manager";
import { managementScope } from "@ratchet/contracts";
import { startWorld, type World } from "@ratchet/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRegistry, type Registry } from "./registry.ts";

const workspace = { subscriptionId: "sub", resourceGroup: "group", name: "workspace" } as const;
const tags = { ratchet: "digits", "ratchet-onnx": "runs/databricks/3/model.onnx" };

let world: World<"evaluator">;
let machineLearning: MachineLearning;
let manager: Awaited<ReturnType<typeof startResourceManager>>;
let registry: Registry;
let client: AzureMachineLearningWorkspaces;

beforeAll(async () => {
  world = await startWorld("evaluator");
  const { authority, credential, blobEndpoint } = world.azure;
  machineLearning = await createMachineLearning({ workspace, storage: { blobEndpoint } });
  manager = await startResourceManager({ tls: authority.server, providers: [machineLearning.provider] });
  const { subscriptionId, resourceGroup, name } = workspace;
  const address = { resourceManager: manager.endpoint, subscriptionId, resourceGroup, workspace: name };
  registry = openRegistry(address, credential);
  client = new AzureMachineLearningWorkspaces(credential, subscriptionId, {
    endpoint: manager.endpoint,
    credentialScopes: managementScope,
  });
});
afterAll(async () => {
  await manager.close();
  await machineLearning.close();
  await world[Symbol.asyncDispose]();
});

const put = async (name: string, version: string, given: Readonly<Record<string, string>> = {}) => {
  const body = { properties: { modelUri: `azureml://${name}/${version}`, tags: { ...given } } };
  const made = await client.modelVersions.createOrUpdate(workspace.resourceGroup, workspace.name, name, version, body);
  return made.systemData?.createdAt ?? expect.fail("it does not say when it was made");
};
const since = async (date: Date) => Array.fromAsync(registry.registeredSince(date));

describe("the registry", () => {
  test("of a workspace without models is empty", async () => {
    expect(await since(new Date(0))).toEqual([]);
  });

  test("tells every version of every model with its tags and when it was registered, and none from before", async () => {
    const first = await put("digits-databricks", "3", tags);
    const second = await put("digits-databricks", "4");
    const third = await put("weather", "1", { team: "north" });
    expect(await since(first)).toEqual([
      { name: "digits-databricks", version: "4", tags: {}, registeredAt: second },
      { name: "digits-databricks", version: "3", tags, registeredAt: first },
      { name: "weather", version: "1", tags: { team: "north" }, registeredAt: third },
    ]);
    const after = new Date(first.getTime() + 1);
    expect((await since(after)).map(({ version }) => version)).not.toContain("3");
    expect(await since(new Date(third.getTime() + 1))).toEqual([]);
  });

  test("of many versions is read page by page", async () => {
    const [begin] = await Promise.all([put("many", "1")]);
    for (let version = 2; version <= 120; version += 1) await put("many", String(version));
    const many = (await since(begin)).filter(({ name }) => name === "many");
    expect(new Set(many.map(({ version }) => version)).size).toBe(120);
  });
});
