import type { RequestListener } from "node:http";
import { createHostKeys, type FunctionInfo } from "@local-azure/functions-host";
import type { Worker } from "../serve/worker.ts";
import { production, type SiteDefinition, type SlotDefinition, withSlot } from "./definition.ts";
import type { HostContext, SiteLogRecord } from "./host-context.ts";
import { checkSlotName } from "./names.ts";
import { createQueue } from "./queue.ts";
import { launchWorker, openSlot, type RunningSlot } from "./running-slot.ts";
import { admit } from "./sign-in.ts";
import { type SiteFolder, siteFolder } from "./site-folder.ts";

/** A site that is being served. Changes go through `change`, one at a time. */
export interface Site {
  readonly name: string;
  readonly context: HostContext;
  readonly folder: SiteFolder;
  readonly definition: () => SiteDefinition;
  slotDefinition(slot: string): SlotDefinition;
  running(slot: string): RunningSlot;
  functions(slot: string): readonly FunctionInfo[];
  /** Writes a new definition to disk, then makes it the one that counts. */
  save(definition: SiteDefinition): void;
  /** Runs a change of the site after all changes before it. */
  change<T>(work: () => Promise<T>): Promise<T>;
  /** @throws {SiteNameError} when Azure would not take its name. */
  addSlot(name: string, settings: Readonly<Record<string, string>>): Promise<void>;
  removeSlot(name: string): Promise<void>;
  /** Starts a process for what a slot runs, without routing to it. */
  launch(slot: string, as?: SiteDefinition): Promise<Worker>;
  /** Starts all slots that have content and are not stopped; a slot that fails goes on trying. */
  startAll(): Promise<void>;
  /** Ends a process that is no longer routed to, in its own time. */
  retire(worker: Worker | undefined): Promise<void>;
  log(slot: string, level: SiteLogRecord["level"], message: string): void;
  close(): Promise<void>;
}

/** What answers at the address of a slot's deployment service. */
type DeploymentService = (site: Site, slot: string) => RequestListener;

/** Opens a site's addresses; nothing runs behind them until `startAll`. */
export async function openSite(
  initial: SiteDefinition,
  context: HostContext,
  deploymentService: DeploymentService,
): Promise<Site> {
  const folder = siteFolder(context.folder, initial.name);
  const queue = createQueue();
  const slots = new Map<string, RunningSlot>();
  const retiring = new Map<Worker, Promise<void>>();
  let closed = false;
  let definition = initial;

  const save = (next: SiteDefinition): void => {
    folder.save(next);
    definition = next;
  };
  const slotDefinition = (name: string): SlotDefinition => {
    const slot = definition.slots[name];
    if (!slot) throw new Error(`Site "${initial.name}" has no slot "${name}".`);
    return slot;
  };
  const log: Site["log"] = (slot, level, message) =>
    context.onLog({ time: new Date().toISOString(), site: initial.name, slot, level, category: "AppService", message });

  const launch: Site["launch"] = (slot, as = definition) => {
    const content = as.slots[slot]?.content;
    if (!content) return Promise.reject(new Error(`Nothing has been published to ${initial.name}/${slot}.`));
    return launchWorker(as, slot, content, context, folder);
  };

  const open = async (name: string): Promise<void> => {
    const running = await openSlot({
      name,
      context,
      ports: slotDefinition(name).ports,
      admission: ({ url, headers: { authorization } }) =>
        admit(slotDefinition(name).signIn, { path: pathOf(url), authorization }, context.verifyCaller),
      launch: () => launch(name),
      scm: deploymentService(site, name),
      onCrash(crash) {
        log(name, "error", `The app is down (${crash.reason}) and starts again in ${crash.retryInMs} ms.`);
        context.onDown({ ...crash, site: initial.name, slot: name });
      },
      onRecovery: () => context.onUp({ site: initial.name, slot: name }),
    });
    slots.set(name, running);
    const ports = { site: running.server.port, scm: running.scmServer.port };
    if (slotDefinition(name).state === "Stopped") running.slot.shut("stopped");
    save(withSlot(definition, name, { ports }));
  };

  const removeUnused = (): Promise<void> => {
    const running = [...slots.values()].map(({ slot }) => slot.worker());
    return folder.removeUnused(
      definition,
      [...running, ...retiring.keys()].flatMap((worker) => (worker ? [worker.directory] : [])),
    );
  };

  const site: Site = {
    name: initial.name,
    context,
    folder,
    definition: () => definition,
    slotDefinition,
    running(name) {
      const slot = slots.get(name);
      if (!slot) throw new Error(`Site "${initial.name}" has no slot "${name}".`);
      return slot;
    },
    functions: (name) => slots.get(name)?.slot.worker()?.app.functions ?? [],
    save,
    change: (work) => queue.run(work),
    async addSlot(name, appSettings) {
      checkSlotName(initial.name, name);
      save({ ...definition, slots: { ...definition.slots, [name]: newSlot(appSettings) } });
      await open(name);
    },
    async removeSlot(name) {
      await slots.get(name)?.close();
      slots.delete(name);
      const { [name]: _, ...others } = definition.slots;
      save({ ...definition, slots: others });
      await removeUnused();
    },
    launch,
    async startAll() {
      const startable = [...slots.values()].filter(({ name }) => {
        const { content, state } = slotDefinition(name);
        return content !== undefined && state === "Running";
      });
      await Promise.allSettled(startable.map(({ slot }) => slot.start()));
    },
    retire(worker) {
      if (!worker) return Promise.resolve();
      const ending = worker.retire();
      retiring.set(worker, ending);
      return ending.finally(() => {
        retiring.delete(worker);
        // In turn with the changes: one of them may be unpacking a package that no slot has yet.
        if (!closed) void queue.run(removeUnused);
      });
    },
    log,
    async close() {
      closed = true;
      await queue.idle();
      await Promise.all([...slots.values()].map((slot) => slot.close()));
      await Promise.all([...retiring.keys()].map((worker) => worker.app.close()));
    },
  };
  for (const name of Object.keys(initial.slots)) await open(name);
  return site;
}

/** As it stands in the request: what is written otherwise is another path, and not an open one. */
const pathOf = (url = "/"): string => url.split("?", 1)[0] ?? "/";

/** A slot as it is created: empty, running, with keys of its own; its ports come when it is opened. */
export function newSlot(appSettings: Readonly<Record<string, string>>): SlotDefinition {
  return {
    appSettings,
    content: undefined,
    deployments: [],
    state: "Running",
    keys: createHostKeys(),
    ports: { site: 0, scm: 0 },
    lastModified: new Date().toISOString(),
  };
}

export type SiteIdentity = Pick<SiteDefinition, "name" | "subscriptionId" | "resourceGroup">;

/** A site as it is created: an empty production slot. */
export function newSite(
  identity: SiteIdentity,
  change: Partial<Omit<SiteDefinition, keyof SiteIdentity | "slots">> = {},
): SiteDefinition {
  return {
    location: "local",
    kind: "functionapp,linux",
    tags: {},
    properties: {},
    stickySettings: [],
    ...change,
    ...identity,
    slots: { [production]: newSlot({}) },
  };
}
