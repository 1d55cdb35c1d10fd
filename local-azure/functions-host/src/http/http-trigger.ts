import type { IncomingMessage, ServerResponse } from "node:http";
import { asError, FunctionBindingError } from "../errors.ts";
import { invocationTrace } from "../trace.ts";
import type { Binding } from "../worker/core-types.ts";
import type { Invocable, Invoker } from "../worker/invoke.ts";
import { BodyTooLargeError, readBody } from "./body.ts";
import { type AuthorizationLevel, type HostKeys, isAuthorized } from "./keys.ts";
import { requestUrl, toHttpData } from "./request.ts";
import { writeResponse } from "./response.ts";
import { compileRoute } from "./route-template.ts";
import { createRouter, type Route } from "./routes.ts";
import type { RequestHandler } from "./server.ts";

/** An HTTP function and where it listens. */
export interface HttpFunction {
  readonly invocable: Invocable;
  readonly level: AuthorizationLevel;
  /** Route prefix included, without leading slash. */
  readonly route: string;
  /** Upper case; undefined accepts every method. */
  readonly methods: readonly string[] | undefined;
}

const authorizationLevels: readonly AuthorizationLevel[] = ["anonymous", "function", "admin"];

/**
 * Reads an `httpTrigger` binding.
 * @throws {FunctionBindingError} when its authLevel or route cannot be understood.
 */
export function httpFunction(invocable: Invocable, binding: Binding, routePrefix: string): HttpFunction {
  const asked = String(binding["authLevel"] ?? "function").toLowerCase();
  const level = authorizationLevels.find((known) => known === asked);
  if (!level)
    throw new FunctionBindingError(
      invocable.name,
      invocable.triggerName,
      `authLevel "${asked}" is none of ${authorizationLevels.join(", ")}.`,
    );
  const methods =
    Array.isArray(binding["methods"]) && binding["methods"].length > 0
      ? binding["methods"].map((method) => String(method).toUpperCase())
      : undefined;
  const own = typeof binding["route"] === "string" ? binding["route"] : invocable.name;
  return {
    invocable,
    level,
    methods,
    route: [routePrefix, own.replace(/^\/+/, "")].filter((part) => part !== "").join("/"),
  };
}

interface HttpTriggerOptions {
  readonly functions: readonly HttpFunction[];
  readonly invoker: Invoker;
  readonly keys: HostKeys;
  readonly bodyLimit: number;
  readonly secure: boolean;
  /** Takes the place of the normal way where the app has switched HTTP streaming on. */
  readonly stream?: (
    target: HttpFunction,
    request: IncomingMessage,
    response: ServerResponse,
    params: Readonly<Record<string, string>>,
  ) => Promise<void>;
}

/** Serves the HTTP functions of an app. */
export function createHttpTrigger(options: HttpTriggerOptions): RequestHandler {
  const { invoker, keys } = options;
  const route = createRouter(options.functions.map(toRoute));

  const serve = async (
    target: HttpFunction,
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
    params: Readonly<Record<string, string>>,
  ): Promise<void> => {
    const url = requestUrl(request, options.secure);
    let body: Buffer | undefined;
    try {
      body = await readBody(request, options.bodyLimit);
    } catch (error) {
      if (!(error instanceof BodyTooLargeError)) throw error;
      response.writeHead(413, { connection: "close" }).end(error.message);
      return;
    }
    const trace = traceOf(request);
    try {
      const data = toHttpData(request, url, query, params, body);
      const result = await invoker.invoke(target.invocable, { data, trace, reason: httpReason });
      writeResponse(response, result.returnValue?.http);
    } catch {
      // The invoker has logged it; as on Azure the caller learns nothing of the error.
      response.writeHead(500).end();
    }
  };

  return (request, response, url) => {
    const match = route(request.method ?? "GET", url.path);
    if (!match) return undefined;
    const { target, params } = match;
    if (!isAuthorized(target.level, keys, request, url.query)) {
      response.writeHead(401).end();
      return Promise.resolve();
    }
    return options.stream
      ? options.stream(target, request, response, params)
      : serve(target, request, response, url.query, params);
  };
}

export const httpReason = "This function was programmatically called via the host APIs.";

export function traceOf(request: IncomingMessage) {
  const { traceparent, tracestate } = request.headers;
  return invocationTrace(
    typeof traceparent === "string" ? traceparent : undefined,
    typeof tracestate === "string" ? tracestate : undefined,
  );
}

function toRoute(target: HttpFunction): Route<HttpFunction> {
  try {
    return { target, template: compileRoute(target.route), methods: target.methods && new Set(target.methods) };
  } catch (thrown) {
    throw new FunctionBindingError(target.invocable.name, target.invocable.triggerName, `${asError(thrown).message}.`);
  }
}
