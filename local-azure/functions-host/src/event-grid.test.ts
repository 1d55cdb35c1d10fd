import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type FunctionApp, type LogRecord, startFunctionApp } from "./index.ts";
import { type TemporaryApp, temporaryApp } from "./testing/temporary-app.ts";

const source = `import { app } from "@azure/functions";
app.eventGrid("onEvent", { handler: async (event, context) => {
  context.log("event " + JSON.stringify(event));
  context.log("metadata " + JSON.stringify(context.triggerMetadata));
  if (event.subject === "refuse") throw new Error("refused");
} });`;

let files: TemporaryApp;
let app: FunctionApp;
const logs: LogRecord[] = [];

beforeAll(async () => {
  files = await temporaryApp(source);
  app = await startFunctionApp({ name: "events", directory: files.directory, onLog: (record) => logs.push(record) });
});
afterAll(async () => {
  await app.close();
  await files[Symbol.asyncDispose]();
});

const webhook = (init: RequestInit, name = "onEvent", key = app.keys.systemKeys["eventgrid_extension"]) =>
  fetch(`${app.endpoint}/runtime/webhooks/EventGrid?functionName=${name}&code=${key}`, init);
const deliver = (events: unknown, headers: Record<string, string> = {}) =>
  webhook({ method: "POST", body: JSON.stringify(events), headers: { "aeg-event-type": "Notification", ...headers } });

test("the validation event of the Event Grid schema is answered with its code", async () => {
  const response = await deliver(
    [{ eventType: "Microsoft.EventGrid.SubscriptionValidationEvent", data: { validationCode: "512d38b6" } }],
    {
      "aeg-event-type": "SubscriptionValidation",
    },
  );
  expect([response.status, await response.json()]).toEqual([200, { validationResponse: "512d38b6" }]);
});

test("the handshake of CloudEvents is answered with the origin", async () => {
  const response = await webhook({ method: "OPTIONS", headers: { "webhook-request-origin": "eventgrid.azure.net" } });
  expect(response.status).toBe(200);
  expect(response.headers.get("webhook-allowed-origin")).toBe("eventgrid.azure.net");
});

test("each event of a delivery is one invocation", async () => {
  const events = [1, 2].map((n) => ({ specversion: "1.0", id: `a${n}`, type: "t", source: "s", data: { N: n } }));
  expect((await deliver(events)).status).toBe(202);
  const seen = () =>
    logs
      .filter((log) => log.message.startsWith('event {"specversion"'))
      .map((log) => JSON.parse(log.message.slice(6)).id);
  await vi.waitUntil(() => seen().length === 2, { timeout: 10_000 });
  expect(seen().sort()).toEqual(["a1", "a2"]);
  expect(logs.some((log) => log.message === 'metadata {"data":{"n":1}}')).toBe(true);
});

test("a delivery with an event that could not be handled is answered 500, to come again", async () => {
  expect((await deliver([{ id: "b", subject: "refuse" }])).status).toBe(500);
});

test("a delivery without key, to no function, or without JSON is refused", async () => {
  expect((await webhook({ method: "POST", body: "[]" }, "onEvent", "wrong")).status).toBe(401);
  expect((await webhook({ method: "POST", body: "[]" }, "other")).status).toBe(404);
  expect((await webhook({ method: "POST", body: "{" })).status).toBe(400);
});
