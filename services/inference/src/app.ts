import { createHandlers } from "./handlers.ts";
import { type Limits, usualLimits } from "./limits.ts";
import { createMetrics } from "./metrics.ts";
import { createPage } from "./page.ts";
import { releaseOf } from "./predict.ts";
import { type Answering, answering, type Route, routes } from "./routes.ts";
import { type Serving, serve } from "./serving.ts";

interface AppOptions {
  /** The folder of `release.json` and `model.onnx`. */
  readonly folder: URL;
  /** The folder of the page by which people ask the model. */
  readonly pageFolder: URL;
  /** The file that a thread runs: it calls `workAsThread`. */
  readonly threadFile: URL;
  /** Of this server's code. */
  readonly version: string;
  /** What is otherwise than usual. */
  readonly limits?: Partial<Limits>;
  readonly cores: number;
  /** How long who asks is held while the model is being loaded, in milliseconds. */
  readonly heldFor?: number;
}

/** Everything that is answered, wherever it is asked from. */
export interface App {
  readonly routes: readonly (Route & { readonly answer: Answering })[];
  /** When the model is loaded, or cannot be. */
  readonly settled: Promise<Serving>;
  readonly limits: Limits;
  /** Ends what runs beside the event loop. */
  close(): Promise<void>;
}

/** Begins to load the model at once, not at the first request. */
export function createApp({ folder, pageFolder, threadFile, version, cores, heldFor, ...options }: AppOptions): App {
  const limits = { ...usualLimits(cores), ...options.limits };
  const metrics = createMetrics();
  const serving = serve(folder, {
    limits,
    threadFile,
    onRun: metrics.ran,
    ...(heldFor === undefined ? {} : { heldFor }),
  });
  const handlers = createHandlers({
    current: serving.current,
    limits,
    metrics,
    page: createPage(pageFolder),
    version,
  });
  let about: Readonly<Record<string, string>> = {};
  void serving.settled.then((now) => {
    if (now.state !== "ready") return;
    const { manifest } = now.model;
    about = {
      "Ratchet-Model": manifest.model,
      "Ratchet-Model-Version": manifest.version,
      "Ratchet-Release": releaseOf(manifest),
    };
  });
  return {
    limits,
    settled: serving.settled,
    async close() {
      const now = await serving.settled;
      if (now.state === "ready") await now.model.close();
    },
    routes: routes.map((route) => ({ ...route, answer: answering(route, handlers, () => about) })),
  };
}
