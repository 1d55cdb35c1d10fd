import { sendMalformedRequests } from "@local-azure/http/testing";
import { expect, test } from "vitest";
import { startFunctionApp } from "./index.ts";
import { temporaryApp } from "./testing/temporary-app.ts";

const functions = `
  app.http("plain", { route: "plain", authLevel: "anonymous", handler: async () => ({ body: "plain" }) });
  app.http("named", { route: "named/{name}", authLevel: "function", handler: async (request) => ({ body: request.params.name }) });
  app.http("read", { route: "read", authLevel: "anonymous", handler: async (request) => ({ body: await request.text() }) });
  app.eventGrid("events", { handler: async () => {} });`;

test.each([
  { kind: "as it is", setUp: "" },
  { kind: "with HTTP streaming", setUp: "app.setup({ enableHttpStream: true });" },
])(
  "no request ends an app, $kind, and a good one is answered after all of them",
  async ({ setUp }) => {
    await using files = await temporaryApp(`import { app } from "@azure/functions"; ${setUp} ${functions}`);
    await using app = await startFunctionApp({ name: "app", directory: files.directory });
    const aftermath = await sendMalformedRequests({
      port: app.port,
      tls: false,
      paths: [
        "/api/read",
        "/api/named/%",
        "/api/plain?a=%",
        "/admin/functions/%",
        `/runtime/webhooks/eventgrid?functionName=events&code=${app.keys.master}`,
      ],
      headers: { "x-functions-key": app.keys.master },
      readHeaders: ["x-functions-key", "traceparent", "x-forwarded-proto", "aeg-event-type"],
    });
    expect(aftermath).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
    expect(aftermath.tried).toBeGreaterThan(150);
    expect(app.state).toBe("running");
    expect(await (await fetch(`${app.endpoint}/api/plain`)).text()).toBe("plain");
  },
  60_000,
);
