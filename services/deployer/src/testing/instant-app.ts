import type { ReleaseManifest } from "@ratchet/contracts";
import { zipSync } from "fflate";
import type { AppService } from "../gateways/app-service.ts";
import type { InferenceApp, Serving } from "../gateways/inference-app.ts";
import { openPackage } from "../package/package.ts";

/**
 * An app in which everything is done at once: for tests that play a deployment so often that App Service, which takes its seconds
 * for each, would take minutes. What is different there is tested there.
 */
export interface InstantApp {
  readonly slots: {
    production: ReleaseManifest | undefined;
    staging: ReleaseManifest | undefined;
    /** What staging runs after a restart. */
    named: ReleaseManifest | undefined;
    /** What the last publication was called. */
    publication: string | undefined;
  };
  /** Versions that predict wrongly in production. */
  readonly wrongInProduction: Set<string>;
  /** Whether staging comes up with the package before the one that was published, until it is restarted. */
  restartsEarly: boolean;
  readonly outside: AppService & InferenceApp;
}

const siteOf = (slot: string) => `https://${slot}.invalid`;

/** @param noted what is called to change something is noted here. */
export function instantApp(noted: string[]): InstantApp {
  const slots: InstantApp["slots"] = {
    production: undefined,
    staging: undefined,
    named: undefined,
    publication: undefined,
  };
  const wrongInProduction = new Set<string>();
  const inProduction = (site: string) => site === siteOf("production");
  const at = (site: string) => (inProduction(site) ? slots.production : slots.staging);
  const serving = (manifest: ReleaseManifest | undefined, model: string): Serving =>
    manifest?.model === model
      ? { kind: "release", version: manifest.version, code: manifest.code, onnx: manifest.onnx }
      : { kind: "none" };
  const instant: InstantApp = {
    slots,
    wrongInProduction,
    restartsEarly: false,
    outside: {
      slot: async (_app, slot) => ({ site: siteOf(slot), scm: siteOf(`${slot}-scm`) }),
      async beginPublish(_address, zip, name) {
        noted.push("publish");
        slots.publication = name;
        slots.named = openPackage(Buffer.from(zip)).manifest;
        if (!instant.restartsEarly) slots.staging = slots.named;
        return "publication";
      },
      publishState: async (_address, name) =>
        name === slots.publication ? { kind: "done" } : { kind: "another", why: `it shows ${slots.publication}` },
      async restartStaging() {
        noted.push("restart");
        slots.staging = slots.named;
      },
      async beginSwap() {
        noted.push("swap");
        [slots.production, slots.staging] = [slots.staging, slots.production];
      },
      readiness: async (site) => (at(site) ? { kind: "ready" } : { kind: "none", why: "it is empty" }),
      served: async (site, model) => serving(at(site), model),
      async predict(site, _model, golden) {
        const { version = "" } = at(site) ?? {};
        const wrong = inProduction(site) && wrongInProduction.has(version);
        return { kind: "given", version, values: golden.expected.flat().map((value) => (wrong ? value + 1 : value)) };
      },
    },
  };
  return instant;
}

/** An inference bundle of a few bytes, for an app that does not run it. */
export const tinyBundle = (note = ""): Uint8Array =>
  zipSync({ "package.json": [Buffer.from(JSON.stringify({ note })), { mtime: new Date(1980, 0, 1) }] });
