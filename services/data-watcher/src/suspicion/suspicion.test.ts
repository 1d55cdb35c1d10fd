import {
  type AdmittedProfile,
  admission,
  admittedProfile,
  batchEvidence,
  batchProfile,
  checkTrainingDue,
  dataAdmitted,
  dataQuarantined,
  dataRefused,
  type Envelope,
  paths,
  withdrawBatch,
} from "@ratchet/contracts";
import { type Blobs, documentStore, readAdmissions, readDefinition } from "@ratchet/state";
import { betweenEffects, forEveryEffect } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { withdraw } from "../batches/withdraw-batch.ts";
import type { Stores } from "../stores.ts";
import { goodFile, soakedFile, startWatching, type Watching, yamlOf } from "../testing/watching.ts";
import { profileOfAdmitted } from "./admitted-profile.ts";

// Each effect costs a play of some fifty requests.
vi.setConfig({ testTimeout: 120_000 });

let watching: Watching;
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());
beforeEach(() => watching.world.recorder.forget());

const quarantining = "suspicion: quarantine";

const drop = (model: string, name: string, content: string): Promise<Envelope> =>
  watching.world.drop("drops", `${model}/${name}.csv`, content);

/** Drops a file and takes it in; gives what became of it. */
async function come(model: string, name: string, content: string) {
  const event = await drop(model, name, content);
  await watching.takeIn(event);
  return watching.expectOneEnd(event);
}

/** A model that has admitted a good file, and what its definition says of suspicion. */
async function modelWith(data: string, rows = 60): Promise<string> {
  const model = await watching.newModel(data);
  expect(await come(model, "first", goodFile(0, rows))).toBe("admitted");
  watching.world.recorder.forget();
  return model;
}

const standing = (model: string) => readAdmissions(watching.world, model);
const documents = () => watching.world.documents("batches");
const evidenceOf = async (model: string, batch: string) =>
  (await documents().read(paths.batchEvidence(model, batch), batchEvidence))?.value;
const profileOfAll = async (model: string): Promise<AdmittedProfile | undefined> =>
  (await documents().read(paths.admittedProfile(model), admittedProfile))?.value;

/** The service's stores, and what is read of batches through them. */
function countingReads() {
  const { service } = watching.world;
  const read: string[] = [];
  const blobs = (name: "batches" | "definitions"): Blobs =>
    new Proxy(service.blobs(name), {
      get(target, key) {
        const found: unknown = Reflect.get(target, key);
        if (name !== "batches" || !["read", "open", "find", "list"].includes(String(key))) return found;
        return (path: string, ...more: readonly unknown[]) => {
          read.push(`${String(key)} ${path}`);
          return Reflect.apply(found as () => unknown, target, [path, ...more]);
        };
      },
    });
  const stores = { ...service, blobs, documents: (name: "batches") => documentStore(blobs(name)) };
  return { stores: stores as unknown as Stores, read };
}

describe("a batch that stands out", () => {
  test("is in quarantine where the policy says so: kept, told once with why, and nothing waits for it", async () => {
    const model = await modelWith(quarantining);
    const before = watching.world.recorder.heard(checkTrainingDue).length;
    expect(await come(model, "soaked", soakedFile(100))).toBe("quarantined");
    const { quarantined, batches, all, pending } = await standing(model);
    expect(quarantined.map(({ file, quarantined: { finding } }) => [file, finding])).toEqual([
      [`${model}/soaked.csv`, expect.stringMatching(/rain/)],
    ]);
    expect([batches.length, all.length, pending?.batches.length]).toEqual([1, 1, 1]);
    expect(watching.world.recorder.heard(checkTrainingDue)).toHaveLength(before);
    const [told] = watching.world.recorder.heard(dataQuarantined);
    expect(told?.data).toMatchObject({
      ...{ model, batch: quarantined[0]?.batch, rows: quarantined[0]?.rows },
      suspicion: { compared: { rows: 60, rowsBefore: 60 }, found: 3, summary: expect.stringMatching(/^rain /) },
    });
    expect(await evidenceOf(model, told?.data.batch ?? "")).toMatchObject({ fate: "quarantine", standsOut: true });
  });

  test("is admitted with a warning where the policy says so, or nothing at all; what for is told with it", async () => {
    for (const data of ["suspicion: warn", ""]) {
      const model = await modelWith(data);
      expect(await come(model, "soaked", soakedFile(100))).toBe("admitted");
      const [told] = watching.world.recorder.heard(dataAdmitted);
      expect(told?.data.suspicion?.findings.map(({ column }) => column)).toEqual(["rain", "rain", "rain"]);
      expect(await evidenceOf(model, told?.data.batch ?? "")).toMatchObject({ fate: "warn" });
      watching.world.recorder.forget();
    }
  });

  test("is admitted and nothing said where nobody wants to know; nothing is profiled then", async () => {
    const model = await modelWith("suspicion: off");
    expect(await come(model, "soaked", soakedFile(100))).toBe("admitted");
    const [told] = watching.world.recorder.heard(dataAdmitted);
    expect(told?.data).not.toHaveProperty("suspicion");
    const evidence = await evidenceOf(model, told?.data.batch ?? "");
    expect(evidence).toMatchObject({ fate: "admit", standsOut: false, compared: { tests: 0 } });
    const kept = await watching.world.pathsOf("batches", `${model}/`);
    expect(kept.filter((path) => path.endsWith("/profile.json"))).toEqual([]);
  });

  test("is compared with those that were admitted, and not with those in quarantine", async () => {
    const model = await modelWith(quarantining);
    for (const from of [100, 200, 300])
      expect(await come(model, `soaked-${from}`, soakedFile(from))).toBe("quarantined");
    expect(await come(model, "second", goodFile(400))).toBe("admitted");
    expect(await profileOfAll(model)).toMatchObject({ rows: 60 });
  });

  test("is held by thresholds of the definition alone", async () => {
    const model = await modelWith(`${quarantining}\n  suspicionThresholds: { minRows: 61 }`);
    expect(await come(model, "soaked", soakedFile(100))).toBe("admitted");
    const [told] = watching.world.recorder.heard(dataAdmitted);
    expect(await evidenceOf(model, told?.data.batch ?? "")).toMatchObject({ fate: "admit", tooFew: true });
  });

  test("cannot be told from the others where it has few rows, or there were few before", async () => {
    const few = await modelWith(quarantining);
    expect(await come(few, "soaked", soakedFile(100, 40))).toBe("admitted");
    const none = await watching.newModel(quarantining);
    expect(await come(none, "soaked", soakedFile(100))).toBe("admitted");
  });

  test("cannot be dropped again: its content is known, and how to admit it is said", async () => {
    const model = await modelWith(quarantining);
    await come(model, "soaked", soakedFile(100));
    expect(await come(model, "again", soakedFile(100))).toBe("refused");
    expect(watching.world.recorder.heard(dataRefused).map(({ data }) => data.reason)).toEqual([
      expect.stringMatching(/is in quarantine since .*rain.*: `ratchet batches admit weather-\w+ [0-9a-f]{16}`/),
    ]);
  });
});

describe("what becomes of a batch that stands out", () => {
  test("is the same wherever its process ends on the way, when its event is delivered again", async () => {
    const effects = await forEveryEffect(async (instance) => {
      const model = await modelWith(quarantining);
      const event = await drop(model, "soaked", soakedFile(100));
      await watching.takeIn(event, instance);
      await watching.takeIn(event);
      expect(await watching.expectOneEnd(event)).toBe("quarantined");
    });
    // As of one that is admitted, with the profile of all, and without a mark or a look for training.
    expect(effects).toBe(15);
  });

  test("is the same when its event is delivered to another process between any two steps", async () => {
    await betweenEffects(async (instance) => {
      const model = await modelWith(quarantining);
      const event = await drop(model, "soaked", soakedFile(100));
      instance.meanwhile = () => watching.takeIn(event);
      await watching.takeIn(event, instance);
      expect(await watching.expectOneEnd(event)).toBe("quarantined");
    });
  });

  test("is one thing, whatever policy is applied between any two steps", async () => {
    await betweenEffects(async (instance) => {
      const model = await modelWith(quarantining);
      const event = await drop(model, "soaked", soakedFile(100));
      instance.meanwhile = async () => {
        await watching.world.apply(yamlOf(model));
        await watching.takeIn(event);
      };
      await watching.takeIn(event, instance);
      const end = await watching.expectOneEnd(event);
      expect(["admitted", "quarantined"]).toContain(end);
      const [batch] = (await standing(model))[end === "admitted" ? "batches" : "quarantined"].slice(-1);
      const { fate } = (await evidenceOf(model, batch?.batch ?? "")) ?? {};
      expect(fate).toBe(end === "admitted" ? "warn" : "quarantine");
    });
  });

  test("is the same for two drops of the same content, one taken in between any two steps of the other", async () => {
    await betweenEffects(async (instance) => {
      const model = await modelWith(quarantining);
      const [first, second] = [await drop(model, "a", soakedFile(100)), await drop(model, "b", soakedFile(100))];
      instance.meanwhile = () => watching.takeIn(second);
      await watching.takeIn(first, instance);
      await watching.takeIn(second);
      const ends = [await watching.expectOneEnd(first), await watching.expectOneEnd(second)];
      expect(ends.toSorted()).toEqual(["quarantined", "refused"]);
    });
  });
});

describe("the profile of all that a model has admitted", () => {
  const rowsOf = async (model: string) => (await profileOfAll(model))?.rows;

  test("goes on with what came in since, and says up to where in the log", async () => {
    const model = await modelWith("");
    for (const [index, from] of [100, 200, 300].entries()) {
      await come(model, String(from), goodFile(from));
      expect(await profileOfAll(model)).toMatchObject({ rows: 60 * (index + 1), through: index + 1 });
    }
  });

  test("costs as many reads after four hundred entries in the log as after one", async () => {
    const reads = async (entries: number): Promise<readonly string[]> => {
      const model = await modelWith("");
      const log = documents().log(paths.admissionLog(model), admission);
      for (let index = 0; index < entries; index += 1)
        await log.append({ kind: "praised", batch: "0123456789abcdef", at: "2026-11-23T09:00:00.000Z" });
      for (const from of [100, 200]) await come(model, String(from), goodFile(from));
      const { stores, read } = countingReads();
      const { definition } = await readDefinition(stores, model);
      expect((await profileOfAdmitted(stores, definition)).rows).toBe(180);
      return read.map((path) => path.replace(/[0-9a-f]{16}/, "<batch>").replace(model, "<model>"));
    };
    const after = await reads(400);
    expect(after).toEqual(await reads(1));
    expect(after).toContain("read <model>/<batch>/profile.json");
  });

  test("is without a batch that was withdrawn since", async () => {
    const model = await modelWith("");
    await come(model, "second", goodFile(100, 90));
    await come(model, "third", goodFile(200, 50));
    expect(await rowsOf(model)).toBe(150);
    const second = (await standing(model)).batches[1]?.batch ?? "";
    const command = withdrawBatch.build(
      { model, batch: second, reason: "blurred" },
      { source: "operator", time: new Date(), cause: "w" },
    );
    await withdraw(watching.watcher, command, watching.world.delivery(command));
    await come(model, "fourth", goodFile(300));
    expect(await rowsOf(model)).toBe(110);
  });

  test("has batches from before there were profiles: these are made of their rows, and kept", async () => {
    const model = await modelWith("suspicion: off");
    await come(model, "second", goodFile(100, 90));
    await watching.world.apply(yamlOf(model));
    await come(model, "third", goodFile(200));
    expect(await profileOfAll(model)).toMatchObject({ rows: 150, leftOut: 0 });
    const [first = { batch: "" }] = (await standing(model)).batches;
    const kept = await documents().read(paths.batchProfile(model, first.batch), batchProfile);
    expect(kept?.value.rows).toBe(60);
  });

  test("is made anew by the schema that has changed, of rows as they are read by it", async () => {
    const model = await modelWith("");
    await come(model, "second", goodFile(100, 90));
    expect((await profileOfAll(model))?.columns.map(({ name }) => name)).toContain("wind");
    await watching.world.apply(yamlOf(model).replace("name: wind,", "name: gusts, was: wind,"));
    await come(model, "third", goodFile(200).replace("wind", "gusts"));
    const { columns = [], rows } = (await profileOfAll(model)) ?? {};
    expect([rows, columns.map(({ name }) => name)]).toEqual([150, ["date", "gusts", "rain", "weather"]]);
  });

  test("names batches that are left out, as they have no profile and their rows are gone", async () => {
    const model = await modelWith("suspicion: off");
    const [{ batch, rows } = { batch: "" }] = (await standing(model)).batches;
    await watching.world.container("batches").deleteBlob(paths.batchTrain(model, batch));
    await watching.world.apply(yamlOf(model));
    await come(model, "second", goodFile(100, 90));
    await come(model, "third", goodFile(300));
    expect(await profileOfAll(model)).toMatchObject({ rows: 90, leftOut: 60 });
    expect((rows?.train ?? 0) + (rows?.holdout ?? 0)).toBe(60);
  });

  test("is made anew where it was deleted, and is the same", async () => {
    const model = await modelWith("");
    await come(model, "second", goodFile(100, 90));
    await come(model, "third", goodFile(200, 70));
    const before = await profileOfAll(model);
    await watching.world.container("batches").deleteBlob(paths.admittedProfile(model));
    const event = await drop(model, "third", goodFile(200, 70));
    await watching.takeIn(event);
    await come(model, "fourth", goodFile(300));
    const after = await profileOfAll(model);
    expect(after?.rows).toBe((before?.rows ?? 0) + 70);
    expect(after?.columns.map(({ name, missing }) => [name, missing])).toEqual(
      before?.columns.map(({ name, missing }) => [name, missing]),
    );
  });
});
