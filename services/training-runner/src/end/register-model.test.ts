import { evaluateModel, paths, run } from "@ratchet/contracts";
import { TransientError } from "@ratchet/messaging";
import { describe, expect, test } from "vitest";
import type { Workspace } from "../gateways/workspace.ts";
import { moveRun } from "../stores.ts";
import { goodTraining, useDigits } from "../testing/digits.ts";
import { registerModel } from "./register-model.ts";

const digits = useDigits();

/** Registers a version as somebody does who knows nothing of Ratchet. */
async function registerTheirs(version: string, model = digits.model): Promise<void> {
  const { client, inWorkspace } = digits.world.others;
  await client.modelVersions.createOrUpdate(...inWorkspace, model, version, {
    properties: { modelType: "custom_model", modelUri: `azureml://datastores/runs/paths/theirs-${version}` },
  });
}

/** The versions of the model in the registry, the oldest first, and whose they are. */
async function versions(): Promise<readonly string[]> {
  const { client, inWorkspace } = digits.world.others;
  const listed = await Array.fromAsync(client.modelVersions.list(...inWorkspace, digits.model));
  return listed.reverse().map(({ name, properties }) => `${name} ${properties.tags?.["ratchet-run"] ?? "theirs"}`);
}

async function train(through: number): Promise<string> {
  const runId = await digits.submit(through);
  await digits.world.deliver(await digits.world.told(runId, "Completed"));
  return runId;
}

describe("a run's number", () => {
  test("is meant beyond what others have registered under the model's name before", async () => {
    await digits.apply();
    for (const version of ["1", "5", "nightly"]) await registerTheirs(version);
    await registerTheirs("6");
    const runId = await train(1);
    expect(digits.started()[0]?.data.version).toBe("7");
    expect(await versions()).toEqual(["1 theirs", "5 theirs", "nightly theirs", "6 theirs", `7 ${runId}`]);
  });

  test("is the one that the registry confirms, wherever it is told, though others took the one that was meant", async () => {
    await digits.apply();
    const first = await train(1);
    const second = await digits.submit(2);
    expect(digits.started().at(-1)?.data.version).toBe("2");
    await registerTheirs("2");
    await digits.world.deliver(await digits.world.told(second, "Completed"));

    expect(await versions()).toEqual([`1 ${first}`, "2 theirs", `3 ${second}`]);
    expect(digits.ended().at(-1)?.data).toMatchObject({ runId: second, version: "3" });
    expect(digits.heard(evaluateModel).at(-1)?.data).toMatchObject({ runId: second, version: "3" });
    expect(await digits.record(second)).toMatchObject({ version: "3" });
    expect((await digits.slot()).nextVersion).toBe(4);

    const third = await train(3);
    expect(digits.started().at(-1)?.data.version).toBe("4");
    expect(await versions()).toContain(`4 ${third}`);
  });

  test("is another one for each run, however many others come in between, in whichever order", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    for (const version of ["3", "2", "1"]) await registerTheirs(version);
    await digits.world.deliver(await digits.world.told(runId, "Completed"));
    expect(await versions()).toEqual(["3 theirs", "2 theirs", "1 theirs", `4 ${runId}`]);
    expect(digits.ended()[0]?.data.version).toBe("4");
  });

  test("is not what others have put at the very moment that it was put", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    const { workspace } = digits.world.runner;
    let raced = 0;
    const putModel: Workspace["putModel"] = async (model) => {
      // Three times somebody is faster.
      raced += 1;
      if (raced <= 3) await registerTheirs(model.version);
      return workspace.putModel(model);
    };
    await digits.world.deliver(await digits.world.told(runId, "Completed"), undefined, { putModel });
    expect(await versions()).toEqual(["1 theirs", "2 theirs", "3 theirs", `4 ${runId}`]);
    expect(digits.ended()[0]?.data.version).toBe("4");
  });

  test("is found again by the run's tag where it was registered and nobody knows that it was", async () => {
    await digits.apply();
    await registerTheirs("1");
    const runId = await train(1);
    expect(await versions()).toEqual(["1 theirs", `2 ${runId}`]);
    const documents = digits.world.documents("training");
    const known = (await digits.record(runId)) ?? expect.fail("there is no record");
    const path = paths.run(digits.model, runId);
    const behind = { ...known, version: "1", concluded: [], concludedAt: undefined };
    await documents.write(path, run, behind, "any");
    expect(await registerModel(digits.world.runner, behind)).toMatchObject({ version: "2" });
    expect(await versions()).toEqual(["1 theirs", `2 ${runId}`]);
  });

  test("is one though two instances register it at once, beside others", async () => {
    await digits.apply();
    const runId = await digits.submit(1);
    await registerTheirs("1");
    const event = await digits.world.told(runId, "Completed");
    const { stores } = digits.world.runner;
    const known = (await digits.record(runId)) ?? expect.fail("there is no record");
    const end = { status: "completed", votedToDeploy: false } as const;
    const { run: ended } = await moveRun(stores, { kind: "end", run: known, end, at: new Date().toISOString() });
    const both = await Promise.all([1, 2].map(() => registerModel(digits.world.runner, ended)));
    expect(both.map(({ version }) => version)).toEqual(["2", "2"]);
    await digits.world.deliver(event);
    expect(await versions()).toEqual(["1 theirs", `2 ${runId}`]);
  });

  test("is tried again later where others are faster every time", async () => {
    await digits.apply(goodTraining);
    const runId = await digits.submit(1);
    const event = await digits.world.told(runId, "Completed");
    const putModel = async () => undefined;
    await expect(digits.world.deliver(event, undefined, { putModel })).rejects.toThrow(TransientError);
    expect(digits.ended()).toEqual([]);
    await digits.world.deliver(event);
    expect(digits.ended()).toHaveLength(1);
    const { version } = (await digits.record(runId)) ?? {};
    expect(await versions()).toEqual([`${version} ${runId}`]);
  });
});
