import type { IncomingMessage, RequestListener } from "node:http";
import { startFunctionApp } from "@local-azure/functions-host";
import { type HttpsServer, startHttpsServer } from "../serve/https-server.ts";
import { createRouter } from "../serve/router.ts";
import { type Crash, createSlot, type Slot } from "../serve/slot.ts";
import { createWorker, type Worker } from "../serve/worker.ts";
import { type Content, type SiteDefinition, slotAppName } from "./definition.ts";
import { processSettings } from "./environment.ts";
import type { HostContext } from "./host-context.ts";
import type { Admission } from "./sign-in.ts";
import type { SiteFolder } from "./site-folder.ts";

/** A slot with its two addresses: the site's and that of its deployment service. */
export interface RunningSlot {
  readonly name: string;
  readonly slot: Slot;
  readonly server: HttpsServer;
  readonly scmServer: HttpsServer;
  close(): Promise<void>;
}

/** What invocations under way get when the whole service is closed; a message cut off comes again. */
const closeLimitMs = 2_000;

interface RunningSlotOptions {
  readonly name: string;
  readonly ports: { readonly site: number; readonly scm: number };
  readonly context: HostContext;
  readonly admission: (request: IncomingMessage) => Admission;
  readonly launch: () => Promise<Worker>;
  readonly scm: RequestListener;
  readonly onCrash: (crash: Crash) => void;
  readonly onRecovery: () => void;
}

export async function openSlot(options: RunningSlotOptions): Promise<RunningSlot> {
  const { tls } = options.context;
  const { launch, onCrash, onRecovery } = options;
  const slot = createSlot({ launch, onCrash, onRecovery });
  const server = await startHttpsServer(tls, options.ports.site, createRouter(slot.gate, options.admission));
  const scmServer = await startHttpsServer(tls, options.ports.scm, options.scm);
  return {
    name: options.name,
    slot,
    server,
    scmServer,
    async close() {
      const worker = slot.shut("stopped");
      await Promise.all([server.close(), scmServer.close(), worker?.app.drain(closeLimitMs)]);
    },
  };
}

/**
 * Starts the process for `content` as a slot of the site would run it. It is not routed to yet.
 * @throws {Error} when the site has no such slot.
 * @throws {FunctionAppStartError} when the app does not start.
 */
export async function launchWorker(
  site: SiteDefinition,
  slotName: string,
  content: Content,
  context: HostContext,
  folder: SiteFolder,
): Promise<Worker> {
  const slot = site.slots[slotName];
  if (!slot) throw new Error(`Site "${site.name}" has no slot "${slotName}".`);
  const directory = folder.directoryOf(content);
  const app = await startFunctionApp({
    name: slotAppName(site.name, slotName),
    directory,
    settings: processSettings(site, slotName, slot, context.environmentFor),
    keys: slot.keys,
    stateFolder: folder.stateFolder(slotName),
    ...(context.ca === undefined ? {} : { ca: context.ca }),
    onLog: (record) => context.onLog({ ...record, site: site.name, slot: slotName }),
  });
  return createWorker(app, directory);
}
