import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { App } from "../app.ts";
import type { Answer, Incoming } from "../http/exchange.ts";
import { type Answering, nothingThere } from "../routes.ts";
import { readBody } from "./body.ts";

type Params = Readonly<Record<string, string>>;

interface Match {
  readonly answer: Answering;
  readonly params: Params;
}

const none: Params = {};

/** Finds what answers at a path. */
function createRouter(routes: App["routes"]): (path: string) => Match | undefined {
  const templates = routes.map(({ path, answer }) => ({ answer, parts: path.split("/") }));
  const plain = new Map(routes.filter(({ path }) => !path.includes("{")).map(({ path, answer }) => [path, answer]));
  return (path) => {
    const answer = plain.get(path);
    if (answer) return { answer, params: none };
    const parts = path.split("/");
    for (const template of templates) {
      if (template.parts.length !== parts.length) continue;
      const params: Record<string, string> = {};
      const fits = template.parts.every((wanted, index) => {
        const part = parts[index] ?? "";
        if (!wanted.startsWith("{")) return wanted === part;
        params[wanted.slice(1, -1)] = decoded(part);
        return part !== "";
      });
      if (fits) return { answer: template.answer, params };
    }
    return undefined;
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function incoming(request: IncomingMessage, response: ServerResponse, params: Params): Incoming {
  const { headers } = request;
  return {
    method: request.method ?? "GET",
    params,
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    body: (most) => readBody(request, most),
    gone: () => response.destroyed,
  };
}

function write(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const length = status === 204 ? {} : { "Content-Length": bytes.byteLength };
  // What is left of a body that nobody reads would be taken for the next request.
  const closing = request.complete ? {} : { Connection: "close" };
  response.writeHead(status, { ...headers, ...length, ...closing });
  response.end(bytes);
}

/** The path in a request line, without the slashes around it. */
function pathOf(url: string): string {
  const query = url.indexOf("?");
  const path = query < 0 ? url.slice(1) : url.slice(1, query);
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

/** An app as an HTTP server of its own: a custom handler of Azure Functions, a container, a measurement. It does not listen yet. */
export function createNodeServer({ routes }: Pick<App, "routes">): Server {
  const find = createRouter(routes);
  return createServer((request, response) => {
    const match = find(pathOf(request.url ?? "/"));
    const { answer, params } = match ?? { answer: nothingThere, params: none };
    void answer(incoming(request, response, params)).then((given) => write(request, response, given));
  });
}
