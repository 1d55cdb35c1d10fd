import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServedPage, servePage } from "./serve-page.ts";

let page: ServedPage;
const asked: unknown[] = [];
const app = createServer(async (request, response) => {
  const { method, url, headers } = request;
  asked.push({ method, url, authorization: headers.authorization, cookie: headers.cookie, body: await text(request) });
  response.writeHead(200, { "content-type": "text/html", "content-security-policy": "default-src 'none'" }).end("<p>");
});
beforeAll(async () => {
  await new Promise<void>((listening) => app.listen(0, "127.0.0.1", listening));
  const endpoint = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
  page = await servePage(endpoint, { callerHeaders: async () => ({ authorization: "Bearer mine" }) });
});
afterAll(async () => {
  await page.close();
  app.close();
});

const statusOf = (path: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(new URL(path, page.address), { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

test("whoever has the address asks the app as the caller, from then on by a cookie", async () => {
  const opened = await fetch(page.address, { redirect: "manual" });
  expect(opened.status).toBe(303);
  const set = opened.headers.get("set-cookie") ?? "";
  expect(set).toMatch(/; HttpOnly; SameSite=Strict$/);
  const [cookie = ""] = set.split(";");
  const path = "/v2/models/digits/infer";
  const answered = await fetch(new URL(path, page.address), { method: "POST", body: "{}", headers: { cookie } });
  expect(answered.status).toBe(200);
  expect(answered.headers.get("content-security-policy")).toBe("default-src 'none'");
  expect(asked).toEqual([{ method: "POST", url: path, authorization: "Bearer mine", cookie: undefined, body: "{}" }]);
});

test("nobody else gets to the app: no cookie, another page, another name of this machine", async () => {
  const before = asked.length;
  const { host, origin } = new URL(page.address);
  const cookie = `ratchet-page=${new URL(page.address).searchParams.get("key")}`;
  expect(await statusOf("/", {})).toBe(403);
  expect(await statusOf("/", { cookie: "ratchet-page=guessed" })).toBe(403);
  expect(await statusOf("/", { cookie, origin: "https://evil.example" })).toBe(403);
  expect(await statusOf("/", { cookie, host: "evil.example" })).toBe(403);
  expect(asked).toHaveLength(before);
  expect(await statusOf("/", { cookie, origin, host })).toBe(200);
});
