import { setTimeout as delay } from "node:timers/promises";
import type { Deployment } from "@ratchet/cli/deployment";
import { readChampion } from "@ratchet/cli/model-records";
import type { Story } from "../story.ts";
import type { Deeds } from "./deeds.ts";

const patienceMs = 300_000;
const dropEveryMs = 20_000;
const lookEveryMs = 500;

/**
 * Brings every model into production before anything goes wrong.
 * @returns where each answers.
 * @throws {Error} when a model has no champion after some minutes: then there is nothing that faults could break.
 */
export async function bringIntoProduction(
  deployment: Deployment,
  deeds: Deeds,
  models: readonly string[],
  story: Story,
): Promise<ReadonlyMap<string, string>> {
  for (const model of models) story.tell(`somebody ${await deeds.apply(model)(deployment)}`);
  const endpoints = new Map<string, string>();
  const deadline = Date.now() + patienceMs;
  for (let dropAt = 0; endpoints.size < models.length; await delay(lookEveryMs)) {
    const waiting = models.filter((model) => !endpoints.has(model));
    if (Date.now() > deadline) throw new Error(`no champion of ${waiting.join(", ")} within ${patienceMs / 1000} s`);
    if (Date.now() >= dropAt) {
      for (const model of waiting) story.tell(`somebody ${await deeds.dropNew(model)(deployment)}`);
      dropAt = Date.now() + dropEveryMs;
    }
    for (const model of waiting) {
      const pointer = await readChampion(deployment, model);
      if (pointer) endpoints.set(model, pointer.endpoint);
    }
  }
  return endpoints;
}
