import type { IncomingMessage, ServerResponse } from "node:http";
import { decodePart } from "@local-azure/http";
import { readBody } from "./body.ts";
import { type HostKeys, isAuthorized } from "./keys.ts";
import type { RequestHandler } from "./server.ts";

interface AdminOptions {
  readonly keys: HostKeys;
  /** Shown by `/admin/host/status`. */
  readonly status: () => { readonly state: string; readonly errors: readonly string[] };
  readonly functions: () => readonly object[];
  /** Runs a function that has no HTTP trigger; undefined if there is none of that name. */
  readonly run: (name: string, input: unknown) => Promise<unknown> | undefined;
  readonly appName: string;
}

const functionPath = /^\/admin\/functions\/([^/]+)$/;

/** The host's own addresses: `/admin/host/ping`, `/admin/host/status`, `/admin/functions`, `POST /admin/functions/{name}`, and the home page. */
export function createAdmin(options: AdminOptions): RequestHandler {
  return (request, response, url) => {
    if (url.path === "/" && request.method === "GET") {
      return reply(response, 200, `Your Functions app "${options.appName}" is up and running.`);
    }
    if (!url.path.startsWith("/admin/")) return undefined;
    if (url.path === "/admin/host/ping") return reply(response, 200, "");
    if (!isAuthorized("admin", options.keys, request, url.query)) return reply(response, 401, "");
    if (url.path === "/admin/host/status")
      return reply(response, 200, { id: options.appName, version: "4.0", ...options.status() });
    if (url.path === "/admin/functions") return reply(response, 200, options.functions());
    const name = functionPath.exec(url.path)?.[1];
    if (name === undefined || request.method !== "POST") return reply(response, 404, "");
    return runFunction(options, decodePart(name), request, response);
  };
}

/** Answers 202 as soon as the function has been started; its outcome is in the log. */
async function runFunction(
  options: AdminOptions,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, 1_048_576);
  let input: unknown;
  try {
    input = body ? (JSON.parse(body.toString()) as { input?: unknown }).input : undefined;
  } catch {
    return reply(response, 400, { error: 'The body has to be JSON: {"input": "…"}.' });
  }
  const running = options.run(name, input);
  if (!running) return reply(response, 404, { error: `There is no function "${name}" that can be run without HTTP.` });
  running.catch(() => undefined);
  return reply(response, 202, "");
}

async function reply(response: ServerResponse, status: number, body: string | object): Promise<void> {
  if (typeof body === "string") response.writeHead(status, { "content-type": "text/plain" }).end(body);
  else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
