import type { HttpResponseInit } from "@azure/functions";
import type { ModelView } from "@ratchet/contracts";
import { refused } from "@ratchet/messaging";
import { readAdmissions } from "@ratchet/state";
import type { Console } from "./console.ts";
import { readAhead } from "./read-ahead.ts";
import { rebuildViews } from "./rebuild.ts";
import { type ModelStatus, statusOf } from "./status.ts";
import { allViews, keptEvents, readView } from "./stores.ts";

/** What the view tells, and of the batches what is so: views keep the newest alone. */
async function glanceAt({ stores }: Console, view: ModelView): Promise<ModelStatus> {
  return statusOf(view, await readAdmissions(stores, view.model));
}

/** All models at a glance. */
export async function answerStatus(console: Console): Promise<HttpResponseInit> {
  const glances = readAhead(allViews(console.stores), (view) => glanceAt(console, view));
  return { jsonBody: { models: await Array.fromAsync(glances) } };
}

/** One model, with its newest history. */
export async function answerModel(console: Console, model: string): Promise<HttpResponseInit> {
  const view = await readView(console.stores, model);
  return view
    ? { jsonBody: { ...(await glanceAt(console, view)), history: view } }
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
