import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Caller } from "../deployment.ts";

/** A model's page, served to one person. */
export interface ServedPage {
  /** Opens the page; whoever has it asks the model as the caller. */
  readonly address: string;
  close(): Promise<void>;
}

const cookieName = "ratchet-page";
/** What of an answer is for the browser; the rest speaks of the connection to the app. */
const passedOn = [
  "content-type",
  "content-security-policy",
  "x-content-type-options",
  "referrer-policy",
  "cache-control",
];

/**
 * Serves the page of the app at an endpoint on this machine, and asks the app as the caller: a browser has no token of its own.
 *
 * It is for who has the address alone, which gives the browser a cookie: other pages can send requests to this machine, but none
 * with it, and other programs of the machine do not know it.
 */
export async function servePage(endpoint: string, caller: Caller): Promise<ServedPage> {
  const key = randomBytes(24).toString("base64url");
  const app = endpoint.replace(/\/$/, "");
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, 502, String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = request;
    if (headers.host !== host || (headers.origin !== undefined && headers.origin !== `http://${host}`))
      return refuse(response, 403, "this is no page of yours");
    if (isSame(new URLSearchParams(url.split("?")[1]).get("key"), key)) {
      const cookie = `${cookieName}=${key}; Path=/; HttpOnly; SameSite=Strict`;
      response.writeHead(303, { location: "/", "set-cookie": cookie }).end();
      return;
    }
    if (!isSame(cookieOf(request), key))
      return refuse(response, 403, "open the page by the address that `ratchet page` has printed");
    const contentType = headers["content-type"];
    const answered = await fetch(`${app}${url}`, {
      method,
      headers: { ...(await caller.callerHeaders()), ...(contentType && { "content-type": contentType }) },
      ...(method === "GET" || method === "HEAD" ? {} : { body: await buffer(request) }),
    });
    for (const name of passedOn) {
      const value = answered.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    response.writeHead(answered.status).end(Buffer.from(await answered.arrayBuffer()));
  }

  return {
    address: `http://${host}/?key=${key}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(why);
}

const cookieOf = ({ headers }: IncomingMessage): string | null =>
  new RegExp(`(?:^|; )${cookieName}=([^;]+)`).exec(headers.cookie ?? "")?.[1] ?? null;

function isSame(given: string | null, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
