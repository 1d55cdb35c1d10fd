import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { LetterOperation } from "@ratchet/contracts";
import type { Deployment } from "../deployment.ts";
import { exitCodes, explain } from "../errors.ts";
import { groundOf } from "../operator-ground.ts";
import { answersOf } from "./answers.ts";
import { letterBook } from "./letters.ts";
import { openLive } from "./live.ts";
import { pageFile, securityHeaders } from "./page-files.ts";
import { routeOf } from "./routes.ts";
import { foreignIn, openSessions } from "./session.ts";
import { openWorkshop } from "./work.ts";

/** What `pnpm build` makes of the page. */
const builtPage = join(import.meta.dirname, "../../../services/console/dist/page");

const mostBytes = 1_000_000;

/** The console, open for one operator on this machine. */
export interface RunningConsole {
  /** With the token that lets in once. */
  readonly address: string;
  close(): Promise<void>;
}

interface ServeOptions {
  readonly port?: number;
  readonly page?: string;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > mostBytes) return undefined;
    parts.push(part as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { ...securityHeaders, "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}

const refuse = (response: ServerResponse, status: number, message: string): void =>
  send(response, status, { error: { message } });

/** What an error is, to whoever asked over HTTP. */
const statusOf = (error: unknown): number => {
  const { exitCode } = explain(error);
  if (exitCode === exitCodes.wrongInput) return 400;
  const code = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
  return code === 403 ? 403 : 500;
};

/**
 * Serves the console on this machine, with the rights of whoever runs it and in their name. Nobody else gets in: the address
 * has a token that lets in once, and what another site asks for is refused.
 */
export async function serveConsole(
  deployment: Deployment,
  { port = 0, page = builtPage }: ServeOptions = {},
): Promise<RunningConsole> {
  const ground = groundOf(deployment);
  const book = letterBook(ground);
  const answers = answersOf(deployment, ground, book);
  const live = openLive(deployment, book, ground);
  const workshop = openWorkshop(ground, { onProgress: live.progressed, onTrouble: () => live.changed() });
  const sessions = openSessions();
  let hosts: readonly string[] = [];

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const found = routeOf(request.method ?? "", url.pathname);
    if (!found) return refuse(response, 404, "there is nothing here");
    const body = request.method === "POST" ? await bodyOf(request) : undefined;
    try {
      const answer = await found.route.answer(answers, { parts: found.parts, query: url.searchParams, body });
      if (found.route.begins) workshop.begin((answer as LetterOperation).id);
      send(response, 200, answer ?? null);
      if (request.method === "POST") live.changed();
    } catch (error) {
      refuse(response, statusOf(error), explain(error).message);
    }
  }

  /** A report is a page of its own, with styles of its own, that runs and loads nothing. */
  async function report(response: ServerResponse, model: string, version: string): Promise<void> {
    try {
      const page = await answers.report(model, version);
      const policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
      const headers = { ...securityHeaders, "content-security-policy": policy };
      response.writeHead(200, { ...headers, "content-type": "text/html; charset=utf-8" }).end(page);
    } catch (error) {
      refuse(response, statusOf(error), explain(error).message);
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", headers } = request;
    const foreign = foreignIn({ method, headers }, hosts);
    if (foreign) return refuse(response, 403, foreign);
    const url = new URL(request.url ?? "/", `http://${headers.host}`);
    if (url.pathname === "/enter") {
      const cookie = sessions.enter(url.searchParams.get("token") ?? "");
      const location = cookie || sessions.knows(headers) ? "/" : "/closed.html";
      response.writeHead(303, { ...securityHeaders, location, ...(cookie ? { "set-cookie": cookie } : {}) }).end();
      return;
    }
    const isOpen = /^\/(closed\.html|style\.css|icon\.svg)$/.test(url.pathname);
    if (!isOpen && !sessions.knows(headers)) {
      if (url.pathname.startsWith("/api/"))
        return refuse(response, 401, "open the console by the address that it printed");
      response.writeHead(303, { ...securityHeaders, location: "/closed.html" }).end();
      return;
    }
    if (url.pathname === "/api/live") return live.join(response);
    const [, model, version] = /^\/reports\/([\w-]+)\/([\w.-]+)$/.exec(url.pathname) ?? [];
    if (model !== undefined && version !== undefined) return report(response, model, version);
    if (url.pathname.startsWith("/api/")) return api(request, response, url);
    const file = await pageFile(page, url.pathname);
    if (!file) return refuse(response, 404, "there is nothing here; `pnpm build` makes the page");
    response
      .writeHead(200, { ...securityHeaders, "content-type": file.type, "cache-control": "no-cache" })
      .end(file.content);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) refuse(response, 500, explain(error).message);
      else response.destroy();
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: open } = server.address() as AddressInfo;
  hosts = [`127.0.0.1:${open}`, `localhost:${open}`];
  return {
    address: `http://127.0.0.1:${open}/enter?token=${sessions.token}`,
    async close() {
      live.close();
      await workshop.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
