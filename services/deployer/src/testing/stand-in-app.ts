/**
 * Stands in for the inference app: answers as the protocol has it, from the package's manifest alone. Bundled by
 * `stand-in-bundle.ts`, which says how it behaves.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { app, type HttpHandler } from "@azure/functions";
import type { ReleaseManifest } from "@ratchet/contracts";
import type { Behaviour } from "./stand-in-bundle.ts";

declare const BEHAVIOUR: Behaviour;

const path = join(__dirname, "../model/release.json");
// Unchecked, so that the bundle stays small: every test publishes it several times.
const { model, version, code, golden } = JSON.parse(readFileSync(path, "utf8")) as ReleaseManifest;
const inProduction = /production/i.test(process.env["WEBSITE_SLOT_NAME"] ?? "");
const wrong = BEHAVIOUR === "wrong-predictions" || (BEHAVIOUR === "wrong-in-production" && inProduction);

const answer = (name: string, method: "GET" | "POST", route: string, handler: HttpHandler): void =>
  app.http(name, { methods: [method], route, authLevel: "anonymous", handler });

answer("ready", "GET", "v2/health/ready", async () =>
  BEHAVIOUR === "never-ready"
    ? { status: 503, jsonBody: { ready: false, state: "failed", error: "its model is broken" } }
    : { jsonBody: { ready: true } },
);
answer("metadata", "GET", `v2/models/${model}`, async () => ({
  jsonBody: { name: model, versions: [version], parameters: { code } },
}));
answer("infer", "POST", `v2/models/${model}/infer`, async (request) => {
  const { inputs } = (await request.json()) as { readonly inputs: readonly { readonly shape: readonly number[] }[] };
  const data = golden.expected.flat().map((value) => (wrong ? value + 1 : value));
  const outputs = [{ name: golden.output, shape: inputs[0]?.shape, data }];
  return { jsonBody: { model_name: model, model_version: version, outputs } };
});
