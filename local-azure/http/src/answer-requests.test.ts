import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { answerRequests, BadRequestError, decodePart, requestUrl } from "./index.ts";
import { sendMalformedRequests } from "./testing/malformed-requests.ts";

let close: (() => void) | undefined;
afterEach(() => close?.());

async function serve(...how: Parameters<typeof answerRequests>): Promise<number> {
  const server = createServer(answerRequests(...how));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  close = () => {
    server.close();
    server.closeAllConnections();
  };
  return (server.address() as AddressInfo).port;
}

async function ask(port: number): Promise<readonly [status: number, text: string]> {
  const response = await fetch(`http://127.0.0.1:${port}/`);
  return [response.status, await response.text()];
}

const failure = new Error("not for the client");

test.each([
  {
    when: "at once",
    answer: () => {
      throw failure;
    },
  },
  { when: "later", answer: () => Promise.reject(failure) },
])("what is thrown $when is a 500 without a word of it, and told to the server's owner", async ({ answer }) => {
  const onFailure = vi.fn();
  const port = await serve(answer, { onFailure });
  expect(await ask(port)).toEqual([500, ""]);
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(failure, expect.anything());
});

test("a request that cannot be read is a 400 with the reason, and no failure of the server", async () => {
  const onFailure = vi.fn();
  const port = await serve(() => Promise.reject(new BadRequestError("not a colour")), { onFailure });
  expect(await ask(port)).toEqual([400, "not a colour\n"]);
  expect(onFailure).not.toHaveBeenCalled();
});

test("a server may refuse in its own terms", async () => {
  const port = await serve(() => Promise.reject(failure), {
    refuse: (error, request, response) => response.writeHead(418).end(`${request.url}: ${String(error)}`),
  });
  expect(await ask(port)).toEqual([418, "/: Error: not for the client"]);
});

test.each([
  {
    what: "an answer that has begun",
    how: [
      (_, response) => {
        response.writeHead(200, { "content-length": 10 }).write("half");
        throw failure;
      },
    ],
  },
  {
    what: "an answer that cannot be written",
    how: [
      () => Promise.reject(failure),
      { refuse: (_, __, response) => void response.writeHead(500, { location: "\n" }) },
    ],
  },
] satisfies { what: string; how: Parameters<typeof answerRequests> }[])("$what is cut off", async ({ how }) => {
  const port = await serve(...(how as Parameters<typeof answerRequests>));
  await expect(ask(port)).rejects.toThrow();
});

test("an answer that goes on after its end does no harm", async () => {
  const port = await serve((_, response) => {
    response.end("over");
    response.write("and more");
  });
  expect(await ask(port)).toEqual([200, "over"]);
  expect(await ask(port)).toEqual([200, "over"]);
});

test("no malformed request ends a server that takes addresses apart", async () => {
  const port = await serve((request, response) => {
    const url = requestUrl(request);
    response.end([url.pathname, url.search].map(decodePart).join(" "));
  });
  const aftermath = await sendMalformedRequests({ port, tls: false, paths: ["/a", "/b/%"] });
  expect(aftermath).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
  expect(aftermath.tried).toBeGreaterThan(150);
  expect(await ask(port)).toEqual([200, "/ "]);
});

test.each([
  ["/a/b?c=d", "/a/b", "?c=d"],
  ["//", "//", ""],
  ["//elsewhere/a", "//elsewhere/a", ""],
  ["http://elsewhere/a?b", "/a", "?b"],
  ["/..%2fa", "/..%2fa", ""],
])("the address in the request line %s is read", (line, pathname, search) => {
  expect(requestUrl({ url: line })).toMatchObject({ pathname, search });
});

test.each(["*", "http://", "http://["])("%s in the request line is no address", (url) => {
  expect(() => requestUrl({ url })).toThrow(BadRequestError);
});

test("a part of a path that is no percent-encoding is refused by name", () => {
  expect(decodePart("a%20b")).toBe("a b");
  expect(() => decodePart("%zz")).toThrow("'%zz' is not valid percent-encoding.");
});
