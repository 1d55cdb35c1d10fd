import type { HttpResponseInit } from "@azure/functions";
import { refused } from "@ratchet/messaging";
import type { Console } from "./console.ts";
import { rebuildViews } from "./rebuild.ts";
import { statusOf } from "./status.ts";
import { keptEvents, knownModels, readView } from "./stores.ts";

/** All models at a glance. */
export async function answerStatus({ stores }: Console): Promise<HttpResponseInit> {
  const views = await Promise.all((await knownModels(stores)).map((model) => readView(stores, model)));
  return { jsonBody: { models: views.flatMap((view) => (view ? [statusOf(view)] : [])) } };
}

/** One model, with its history. */
export async function answerModel({ stores }: Console, model: string): Promise<HttpResponseInit> {
  const view = await readView(stores, model);
  return view
    ? { jsonBody: { ...statusOf(view), history: view } }
    : refused(404, "unknown-model", `no event has named a model ${model}`);
}

/** The events of a UTC day. */
export async function answerEvents({ stores }: Console, day: string): Promise<HttpResponseInit> {
  return /^\d{4}-\d{2}-\d{2}$/.test(day)
    ? { jsonBody: { events: await Array.fromAsync(keptEvents(stores, { day }), ({ event }) => event) } }
    : refused(400, "invalid-day", `${day} is not a day such as 2026-11-23`);
}

/** Makes all views anew, and tells from how many events. */
export async function answerRebuild(console: Console): Promise<HttpResponseInit> {
  return { jsonBody: { events: await rebuildViews(console) } };
}
