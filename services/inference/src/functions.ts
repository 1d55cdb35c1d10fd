import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import packageJson from "../package.json" with { type: "json" };
import { createHandlers, type Handler } from "./handlers.ts";
import { serve } from "./serving.ts";

// Both `src` and `dist` lie beside `model`. Loading starts now, not at the first request.
const { current } = serve(new URL("../model/", import.meta.url));
const handlers = createHandlers(current, { version: packageJson.version });

/**
 * Anonymous for Azure Functions: who may call is the platform's matter (network rules, Entra authentication of the
 * app), since a function key would be a shared secret.
 */
function register(name: string, method: "GET" | "POST", route: string, handler: Handler): void {
  app.http(name, {
    methods: [method],
    route,
    authLevel: "anonymous",
    handler: (request: HttpRequest): Promise<HttpResponseInit> => handler(request),
  });
}

register("server-metadata", "GET", "v2", handlers.serverMetadata);
register("server-live", "GET", "v2/health/live", handlers.live);
register("server-ready", "GET", "v2/health/ready", handlers.ready);
for (const [name, path] of [
  ["model", "v2/models/{model}"],
  ["model-version", "v2/models/{model}/versions/{version}"],
] as const) {
  register(`${name}-metadata`, "GET", path, handlers.modelMetadata);
  register(`${name}-ready`, "GET", `${path}/ready`, handlers.modelReady);
  register(`${name}-infer`, "POST", `${path}/infer`, handlers.infer);
}
