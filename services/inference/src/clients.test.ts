import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { everything } from "./testing/everything.ts";
import { type ServedPackage, servePackage } from "./testing/serve-package.ts";

/** What a client of others sent, and the answer that it understood; see `fixtures/record_clients.py`. */
interface Recorded {
  readonly client: string;
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

const recorded = JSON.parse(
  await readFile(new URL("../fixtures/clients.json", import.meta.url), "utf8"),
) as readonly Recorded[];

let served: ServedPackage;
beforeAll(async () => {
  served = await servePackage(await everything());
});
afterAll(() => served[Symbol.asyncDispose]());

test.each(recorded.map((one) => [one.client, one.what, one.path, one] as const))(
  "%s, %s: %s is answered as it was understood",
  async (_client, _what, path, { method, headers, body, status, answer }) => {
    const given = await served.ask(path.slice(1), {
      method,
      headers,
      ...(method === "POST" ? { body: Buffer.from(body, "base64") } : {}),
    });
    expect([given.status, given.bytes.toString("latin1")]).toEqual([
      status,
      Buffer.from(answer, "base64").toString("latin1"),
    ]);
  },
);
