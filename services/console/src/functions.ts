import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import { events } from "@ratchet/contracts";
import { onAny, startService } from "@ratchet/messaging";
import { createLedger } from "./ledger.ts";
import { statusOf } from "./status.ts";

const service = startService("console");
const ledger = createLedger(service.documents("ledger"));

service.receive("run-ledger", [onAny(events, (event) => ledger.record(event))]);

const notFound = (what: string): HttpResponseInit => ({ status: 404, jsonBody: { error: what } });

app.http("status", {
  route: "status",
  methods: ["GET"],
  authLevel: "function",
  handler: async () => {
    const views = await Promise.all((await ledger.models()).map((model) => ledger.view(model)));
    return { jsonBody: { models: views.flatMap((view) => (view ? [statusOf(view)] : [])) } };
  },
});

app.http("model", {
  route: "models/{model}",
  methods: ["GET"],
  authLevel: "function",
  handler: async ({ params }: HttpRequest) => {
    const model = params["model"] ?? "";
    const view = await ledger.view(model);
    return view ? { jsonBody: { ...statusOf(view), history: view } } : notFound(`no event has named a model ${model}`);
  },
});

app.http("events", {
  route: "events/{day}",
  methods: ["GET"],
  authLevel: "function",
  handler: async ({ params }: HttpRequest) => {
    const day = params["day"] ?? "";
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day))
      return { status: 400, jsonBody: { error: `${day} is not a day such as 2026-11-23` } };
    const found = [];
    for await (const event of ledger.events(day)) found.push(event);
    return { jsonBody: { events: found } };
  },
});

app.http("rebuild", {
  route: "rebuild",
  methods: ["POST"],
  authLevel: "admin",
  handler: async () => ({ jsonBody: { events: await ledger.rebuild() } }),
});
