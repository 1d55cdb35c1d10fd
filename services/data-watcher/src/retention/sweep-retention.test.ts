import { randomUUID } from "node:crypto";
import { paths } from "@ratchet/contracts";
import { readAdmissions } from "@ratchet/state";
import { createInstance } from "@ratchet/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { goodFile, startWatching, type Watching, yamlOf } from "../testing/watching.ts";
import { sweepRetention } from "./sweep-retention.ts";

const day = 86_400_000;

let watching: Watching;
let model: string;
beforeAll(async () => {
  watching = await startWatching();
});
afterAll(() => watching[Symbol.asyncDispose]());
beforeEach(async () => {
  await watching.world.reset();
  model = await watching.newModel();
});

const keepFor = (drops: string) => watching.world.apply(`${yamlOf(model)}\nretention: { ${drops} }\n`);
const drop = async (name: string, content: string, instance = createInstance()) => {
  const event = await watching.world.drop("drops", `${model}/${name}`, content);
  await watching.takeIn(event, instance);
};
const left = () => watching.world.pathsOf("batches", paths.dropRecords(model));
async function sweep(days: number): Promise<void> {
  await watching.world.service.blobs("batches").remove(paths.sweep("retention"));
  const now = new Date(Date.now() + days * day);
  await sweepRetention(watching.watcher, watching.world.delivery(randomUUID(), now));
}

describe("what became of dropped files", () => {
  test("goes when it is older than it is to be kept, and not before; what was admitted stays", async () => {
    await keepFor("drops: 7d");
    await drop("good.csv", goodFile());
    await drop("bad.csv", "no,such,columns\n1,2,3\n");
    await sweep(6.9);
    expect(await left()).toHaveLength(2);
    await sweep(7.1);
    expect(await left()).toEqual([]);
    expect((await readAdmissions(watching.world.service, model)).batches).toHaveLength(1);
  });

  test("stays for ever where nothing is said", async () => {
    await drop("good.csv", goodFile());
    await sweep(10_000);
    expect(await left()).toHaveLength(1);
  });

  test("stays of a drop that has not ended", async () => {
    await keepFor("drops: 7d");
    await drop("half.csv", goodFile(), createInstance({ kind: "ends", when: "after", effect: 3 }));
    await sweep(8);
    expect(await left()).toHaveLength(1);
  });
});
