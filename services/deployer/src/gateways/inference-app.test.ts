import { createServer, type RequestListener } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testManifest } from "../testing/releases.ts";
import { inferenceApp as inferenceAppFor } from "./inference-app.ts";

const credential = {
  getToken: async (scope: string | string[]) => ({ token: `for-${[scope].flat()[0]}`, expiresOnTimestamp: 0 }),
};
const inferenceApp = inferenceAppFor({ credential, audience: "api://models" });

let answer: RequestListener;
let site: string;
let close: () => Promise<void>;
beforeEach(async () => {
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  site = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  close = () => new Promise((closed) => server.close(() => closed()));
});
afterEach(() => close());

const json =
  (status: number, body: unknown): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body));
  };
const text =
  (status: number, body: string): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { connection: "close" });
    response.end(body);
  };

describe("what an address serves", () => {
  const code = "a".repeat(64);

  test("is the release that it names, with the model's digest where it says it", async () => {
    answer = json(200, { name: "digits", versions: ["7"], parameters: { code, onnx: "b" } });
    expect(await inferenceApp.served(site, "digits")).toEqual({ kind: "release", version: "7", code, onnx: "b" });
    answer = json(200, { name: "digits", versions: ["7"], parameters: { code } });
    expect(await inferenceApp.served(site, "digits")).toEqual({ kind: "release", version: "7", code });
  });

  test("is known to be nothing where it answers that it has no such model, or is another server of the protocol", async () => {
    answer = json(404, { error: "there is no model digits; this server has letters" });
    expect(await inferenceApp.served(site, "digits")).toEqual({ kind: "none" });
    answer = text(404, "Nothing has been published to this app yet.");
    expect(await inferenceApp.served(site, "digits")).toEqual({ kind: "none" });
    answer = json(200, { name: "digits", versions: ["7"] });
    expect(await inferenceApp.served(site, "digits")).toEqual({ kind: "none" });
  });

  test.each<[string, RequestListener, RegExp]>([
    ["is loading", json(503, { error: "the model is being loaded" }), /^the model is being loaded$/],
    [
      "is stopped, or does not let us in",
      text(403, "This web app is stopped."),
      /does not let the deployer in \(403\)/,
    ],
    ["asks who is there", text(401, ""), /does not let the deployer in \(401\): its sign-in has to name/],
    ["fails", text(502, "bad gateway"), /^it answers 502$/],
    ["answers in other words", text(200, "<html>sign in</html>"), /^it answers 200$/],
    ["hangs up", (request) => request.socket.destroy(), /./],
  ])("is unknown where it %s", async (_, how, why) => {
    answer = how;
    expect(await inferenceApp.served(site, "digits")).toEqual({ kind: "unknown", why: expect.stringMatching(why) });
  });
});

test("every question is asked with a token for the apps' registration", async () => {
  const heard: unknown[] = [];
  answer = (request, response) => {
    heard.push(request.headers.authorization);
    text(404, "")(request, response);
  };
  const { golden, signature } = testManifest();
  await inferenceApp.readiness(site);
  await inferenceApp.served(site, "digits");
  await inferenceApp.predict(site, "digits", golden, signature);
  expect(heard).toEqual(Array.from({ length: 3 }, () => "Bearer for-api://models/.default"));
});

describe("whether an app is ready", () => {
  test("is not told by a front end that does not let us in: it may serve others well", async () => {
    answer = text(403, "");
    expect(await inferenceApp.readiness(site)).toMatchObject({ kind: "unreachable", why: /sign-in/ });
  });

  test("is what it says: ready, not yet, or never", async () => {
    answer = json(200, { ready: true });
    expect(await inferenceApp.readiness(site)).toEqual({ kind: "ready" });
    answer = json(503, { ready: false, state: "loading", error: "the model is being loaded" });
    expect(await inferenceApp.readiness(site)).toEqual({ kind: "starting", why: "the model is being loaded" });
    answer = text(404, "");
    expect(await inferenceApp.readiness(site)).toEqual({ kind: "none", why: "it answers 404" });
    answer = json(503, { ready: false, state: "failed", error: "the model is broken" });
    expect(await inferenceApp.readiness(site)).toEqual({ kind: "failed", why: "the model is broken" });
    answer = text(503, "The app is starting.");
    expect(await inferenceApp.readiness(site)).toEqual({ kind: "starting", why: "it answers 503" });
  });

  test("is not said by an address that cannot be reached", async () => {
    answer = (request) => request.socket.destroy();
    expect(await inferenceApp.readiness(site)).toMatchObject({ kind: "unreachable" });
    expect(await inferenceApp.readiness("http://127.0.0.1:1")).toMatchObject({ kind: "unreachable" });
  });
});

describe("golden predictions", () => {
  const { golden, signature } = testManifest();
  const predict = () => inferenceApp.predict(site, "digits", golden, signature);
  const outputs = (data: unknown) => [{ name: golden.output, data }];

  test("are given as numbers, and null as not-a-number: it is no zero", async () => {
    answer = json(200, { model_version: "7", outputs: outputs([1, null]) });
    expect(await predict()).toEqual({ kind: "given", version: "7", values: [1, Number.NaN] });
  });

  test("are refused where it answers something else", async () => {
    answer = json(400, { error: "the model failed" });
    expect(await predict()).toMatchObject({ kind: "refused", why: /it answers 400/ });
    answer = json(200, { model_version: "7", outputs: [] });
    expect(await predict()).toEqual({ kind: "refused", why: `it gives no output ${golden.output}` });
  });

  test("are unknown where it is too busy, fails or hangs up", async () => {
    for (const status of [429, 500, 503]) {
      answer = text(status, "later");
      expect(await predict()).toEqual({ kind: "unknown", why: `it answers ${status} later` });
    }
    answer = (request) => request.socket.destroy();
    expect(await predict()).toMatchObject({ kind: "unknown" });
  });
});
