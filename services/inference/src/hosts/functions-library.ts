import { app, type HttpRequest, type HttpResponseInit } from "@azure/functions";
import type { App } from "../app.ts";
import type { Incoming } from "../http/exchange.ts";
import { tooLarge } from "../protocol/errors.ts";
import { type Answering, allMethods, nothingThere } from "../routes.ts";
import { findCoreApi } from "./core-api.ts";
import { beLean } from "./lean-model.ts";

function incoming(request: HttpRequest): Incoming {
  return {
    method: request.method,
    params: request.params,
    header: (name) => request.headers.get(name) ?? undefined,
    body: async (most) => {
      // The host has read it whole already, up to its own limit.
      const body = new Uint8Array(await request.arrayBuffer());
      if (body.byteLength > most) throw tooLarge(`the body has ${body.byteLength} bytes; ${most} are the most`);
      return body;
    },
  };
}

/**
 * Anonymous for Azure Functions: who may call is the platform's matter (network rules, Entra authentication of the
 * app), since a function key would be a shared secret.
 */
function register(name: string, path: string, answer: Answering, lean: boolean): void {
  // Without a route a function would be at its name. The host's own home page has to be off for it.
  const route = path === "" ? "{root:maxlength(0)?}" : path;
  const handler = lean
    ? // The lean model calls it with what it takes.
      (answer as unknown as (request: HttpRequest) => Promise<HttpResponseInit>)
    : (request: HttpRequest): Promise<HttpResponseInit> => answer(incoming(request));
  app.http(name, { methods: [...allMethods], route, authLevel: "anonymous", handler });
}

/**
 * Registers an app's functions by the library that Azure Functions has for Node.
 * @param lean whether requests go past what the library makes of them.
 */
export function registerFunctions(served: Pick<App, "routes">, { lean }: { readonly lean: boolean }): void {
  const core = lean ? findCoreApi() : undefined;
  const functions = [...served.routes, { name: "nothing-there", path: "v2/{*path}", answer: nothingThere }];
  for (const { name, path, answer } of functions) register(name, path, answer, core !== undefined);
  if (core) beLean(core, new Set(functions.map(({ name }) => name)));
}
