import { type ReleaseManifest, releaseManifest } from "@ratchet/contracts";
import {
  type AppService,
  type InferenceApp,
  type Predictions,
  PublishError,
  type PublishState,
  type Readiness,
  type Serving,
  UnknownAppError,
} from "@ratchet/deployer";
import { strFromU8, unzipSync } from "fflate";
import type { Clock } from "../engine/clock.ts";
import type { Effects } from "../engine/effects.ts";
import type { Effect } from "../engine/faults.ts";
import type { Random } from "../engine/random.ts";
import { readModel, scoresOf } from "./stand-in-model.ts";

/** How an inference bundle behaves, as the file `behaviour` in it says. */
export const behaviours = ["right", "never-ready", "wrong-predictions", "wrong-in-production"] as const;
type Behaviour = (typeof behaviours)[number];

/** What is published in a slot. */
interface Published {
  readonly manifest: ReleaseManifest;
  readonly onnx: Uint8Array;
  readonly behaviour: Behaviour;
}

interface Slot {
  /** What runs. */
  published: Published | undefined;
  /** What runs after the next restart: one that was asked for too early has come up with what was there before. */
  named: Published | undefined;
  /** It answers from then on: milliseconds since 1970. */
  readyAt: number;
}

interface Site {
  staging: Slot;
  production: Slot;
}

/** Function apps with a staging slot, and what answers in them. */
export interface Apps {
  readonly appService: AppService;
  readonly inferenceApp: InferenceApp;
  create(app: string): void;
  readonly names: readonly string[];
  /** What production serves; undefined where it serves nothing. */
  serves(
    app: string,
  ): { readonly model: string; readonly version: string; readonly code: string; readonly onnx: string } | undefined;
}

interface AppsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly effects: Effects;
  /** Hears of every change of what production serves. */
  readonly onProduction: (app: string) => void;
  /** Whether the platform does its best. */
  readonly calm: () => boolean;
}

const second = 1000;

function unpack(zip: Uint8Array): Published {
  const files = unzipSync(zip);
  const [release, onnx] = [files["model/release.json"], files["model/model.onnx"]];
  if (!release || !onnx) throw new PublishError("the package has no model");
  const behaviour = strFromU8(files["behaviour"] ?? new Uint8Array()) as Behaviour;
  return { manifest: releaseManifest.parse(JSON.parse(strFromU8(release))), onnx, behaviour };
}

export function createApps({ clock, random, effects, onProduction, calm }: AppsOptions): Apps {
  const sites = new Map<string, Site>();
  const underWay = new Map<string, { readonly state: PublishState }>();
  let publications = 0;
  const address = (app: string, slot: string): string =>
    `https://${app}${slot === "production" ? "" : `-${slot}`}.azurewebsites.net`;
  const empty = (): Slot => ({ published: undefined, named: undefined, readyAt: 0 });

  function slotAt(site: string): { readonly slot: Slot; readonly isProduction: boolean } | undefined {
    for (const [app, { staging, production }] of sites) {
      if (site === address(app, "production")) return { slot: production, isProduction: true };
      if (site === address(app, "staging")) return { slot: staging, isProduction: false };
    }
    return undefined;
  }

  const starts = (): number => clock.now + random.span(second, 40 * second);
  const arm = (what: string, reads = false): Effect => ({ system: "app-service", scope: "sites", what, reads });
  const ask = (what: string): Effect => ({ system: "inference", scope: "inference", what, reads: true });

  const appService: AppService = {
    slot: (app, slot) =>
      effects.perform(arm(`finds the slot ${slot} of ${app}`, true), () => {
        if (!sites.has(app)) throw new UnknownAppError(`there is no function app ${app}`);
        return { site: address(app, slot), scm: address(app, slot) };
      }),
    beginPublish: ({ scm }, zip, name) =>
      effects.perform(arm(`publishes to ${scm}`), () => {
        const found = slotAt(scm);
        if (!found) throw new UnknownAppError(`nothing is at ${scm}`);
        const unpacked = unpack(zip);
        publications += 1;
        const publication: { state: PublishState } = { state: { kind: "running" } };
        underWay.set(name, publication);
        const { slot } = found;
        clock.after(random.span(second, 40 * second), () => {
          if (!calm() && random.chance(0.03)) {
            publication.state = { kind: "failed", why: "the deployment service ran out of disk" };
            return;
          }
          publication.state = { kind: "done" };
          // Where the slots were swapped meanwhile, it is the place that counts, not what was in it.
          slot.named = unpacked;
          if (calm() || !random.chance(0.05)) slot.published = unpacked;
          slot.readyAt = starts();
          for (const app of sites.keys()) onProduction(app);
        });
        return `publication-${publications}`;
      }),
    publishState: (_, name) =>
      effects.perform(
        arm(`looks at ${name}`, true),
        () => underWay.get(name)?.state ?? { kind: "unknown", why: "no such publication" },
      ),
    restartStaging: (app) =>
      effects.perform(arm(`restarts staging of ${app}`), () => {
        const site = sites.get(app);
        if (!site) throw new UnknownAppError(`there is no function app ${app}`);
        site.staging.published = site.staging.named;
        site.staging.readyAt = starts();
      }),
    beginSwap: (app) =>
      effects.perform(arm(`begins to swap the slots of ${app}`), () => {
        const site = sites.get(app);
        if (!site) throw new UnknownAppError(`there is no function app ${app}`);
        clock.after(random.span(100, 30 * second), () => {
          const { staging, production } = site;
          staging.published = staging.named;
          site.production = staging;
          site.staging = production;
          // The platform warms staging before it swaps; what was in production starts anew with staging's settings.
          site.staging.readyAt = starts();
          onProduction(app);
        });
      }),
  };

  const answering = (site: string) => {
    const found = slotAt(site);
    return found?.slot.published && found.slot.readyAt <= clock.now
      ? { ...found.slot.published, isProduction: found.isProduction }
      : undefined;
  };

  /** The gateway itself tells what befalls a question in its answer. */
  const orElse = async <Answer>(asked: Promise<Answer>, otherwise: (why: string) => Answer): Promise<Answer> => {
    try {
      return await asked;
    } catch (error) {
      return otherwise(error instanceof Error ? error.message : String(error));
    }
  };
  const silence = "it answers 503";

  const inferenceApp: InferenceApp = {
    readiness: (site) =>
      orElse<Readiness>(
        effects.perform(ask(`asks whether ${site} is ready`), () => {
          if (slotAt(site)?.slot.published === undefined) return { kind: "none", why: "it answers 404" };
          const app = answering(site);
          if (!app) return { kind: "starting", why: silence };
          return app.behaviour === "never-ready" ? { kind: "failed", why: "its model is broken" } : { kind: "ready" };
        }),
        (why) => ({ kind: "unreachable", why }),
      ),
    served: (site, model) =>
      orElse<Serving>(
        effects.perform(ask(`asks what ${site} serves`), () => {
          if (slotAt(site)?.slot.published === undefined) return { kind: "none" };
          const app = answering(site);
          if (!app) return { kind: "unknown", why: silence };
          const { manifest } = app;
          if (manifest.model !== model) return { kind: "none" };
          return { kind: "release", version: manifest.version, code: manifest.code, onnx: manifest.onnx };
        }),
        (why) => ({ kind: "unknown", why }),
      ),
    predict: (site, model, { rows, output }) =>
      orElse<Predictions>(
        effects.perform(ask(`asks ${site} for predictions`), () => {
          const app = answering(site);
          if (!app) return { kind: "unknown", why: silence };
          if (app.manifest.model !== model)
            return { kind: "refused", why: `it answers 404: no ${model}, no ${output}` };
          const features = rows.flat().map((value) => value ?? 0);
          const wrong =
            app.behaviour === "wrong-predictions" || (app.behaviour === "wrong-in-production" && app.isProduction);
          const values = [...scoresOf(readModel(app.onnx), features, rows.length)].map((value) =>
            wrong ? value + 1 : value,
          );
          return { kind: "given", version: app.manifest.version, values };
        }),
        (why) => ({ kind: "unknown", why }),
      ),
  };

  return {
    appService,
    inferenceApp,
    create(app) {
      if (!sites.has(app)) sites.set(app, { staging: empty(), production: empty() });
    },
    get names() {
      return [...sites.keys()];
    },
    serves(app) {
      const published = sites.get(app)?.production.published;
      if (!published) return undefined;
      const { model, version, code, onnx } = published.manifest;
      return { model, version, code, onnx };
    },
  };
}
