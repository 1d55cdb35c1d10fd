import { resolve } from "node:path";
import { createKudu } from "./kudu/kudu.ts";
import { type Content, production, type SiteDefinition, withSlot } from "./site/definition.ts";
import { afterRestart } from "./site/deployment.ts";
import { hostName } from "./site/environment.ts";
import type { HostContext } from "./site/host-context.ts";
import { checkSiteName } from "./site/names.ts";
import { restartSlot } from "./site/restart.ts";
import type { SignInSettings } from "./site/sign-in.ts";
import { newSite, openSite, type Site, type SiteIdentity } from "./site/site.ts";
import { readSites } from "./site/site-folder.ts";

/** A site that a program wants to be there. */
export interface WantedSite extends SiteIdentity {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** App settings of production. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Names of settings that stay with their slot in a swap. */
  readonly stickySettings?: readonly string[];
  /** Resource ids of its user-assigned identities. */
  readonly identityIds?: readonly string[];
  /** Whom every slot lets in; everybody unless said. */
  readonly signIn?: SignInSettings;
  /** Run this folder in production instead of a published package. */
  readonly directory?: string;
  /** Further slots by name. */
  readonly slots?: Readonly<Record<string, { readonly settings?: Readonly<Record<string, string>> }>>;
}

/** Where a slot can be reached. */
export interface SlotAddress {
  readonly endpoint: string;
  readonly scmEndpoint: string;
}

export interface SiteAddress extends SlotAddress {
  readonly name: string;
  readonly slots: Readonly<Record<string, SlotAddress>>;
}

/** The sites of an app service. Names are unique and compared without regard to case. */
export interface Sites {
  /**
   * Creates a site, or brings an existing one to this form; restarts only what has changed.
   * @throws {FunctionAppStartError} when the app of its directory does not start.
   * @throws {SiteNameError} when Azure would not take its name, or that of a slot.
   */
  create(wanted: WantedSite): Promise<SiteAddress>;
  get(name: string): Site | undefined;
  list(): readonly Site[];
  /**
   * Opens a site that does not exist yet.
   * @throws {SiteNameError} when Azure would not take its name.
   */
  add(definition: SiteDefinition): Promise<Site>;
  delete(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the sites of the data folder and starts what has been published to them. */
export async function openSites(context: HostContext): Promise<Sites> {
  const sites = new Map<string, Site>();
  const keyOf = (name: string): string => name.toLowerCase();

  const add = async (definition: SiteDefinition): Promise<Site> => {
    checkSiteName(definition.name);
    const site = await openSite(definition, context, createKudu);
    sites.set(keyOf(definition.name), site);
    return site;
  };

  const create = async (wanted: WantedSite): Promise<SiteAddress> => {
    const site = sites.get(keyOf(wanted.name)) ?? (await add(newSite(wanted)));
    await site.change(() => bringTo(site, wanted));
    return addressOf(site);
  };

  for (const definition of readSites(context.folder)) {
    const site = await add(recovered(definition));
    // A folder of the developer's is started by the program that names it again, with that day's settings.
    if (!runsFromDirectory(definition)) void site.change(() => site.startAll());
  }

  return {
    create,
    add,
    get: (name) => sites.get(keyOf(name)),
    list: () => [...sites.values()],
    async delete(name) {
      const site = sites.get(keyOf(name));
      if (!site) return;
      sites.delete(keyOf(name));
      await site.close();
      await site.folder.remove();
    },
    async close() {
      await Promise.all([...sites.values()].map((site) => site.close()));
    },
  };
}

function recovered(site: SiteDefinition): SiteDefinition {
  const slots = Object.entries(site.slots).map(([name, slot]) => [
    name,
    { ...slot, deployments: afterRestart(slot.deployments, new Date()) },
  ]);
  return { ...site, slots: Object.fromEntries(slots) };
}

async function bringTo(site: Site, wanted: WantedSite): Promise<void> {
  const { location, tags, stickySettings, identityIds } = wanted;
  const identity = identityIds && {
    type: "UserAssigned",
    userAssignedIdentities: Object.fromEntries(identityIds.map((id) => [id, {}])),
  };
  site.save({
    ...site.definition(),
    ...(location === undefined ? {} : { location }),
    ...(tags === undefined ? {} : { tags }),
    ...(stickySettings === undefined ? {} : { stickySettings }),
    ...(identity === undefined ? {} : { identity }),
  });
  const content: Content | undefined =
    wanted.directory === undefined ? undefined : { directory: resolve(wanted.directory) };
  await bringSlotTo(site, production, wanted.settings, content);
  for (const [name, slot] of Object.entries(wanted.slots ?? {})) {
    if (!site.definition().slots[name]) await site.addSlot(name, slot.settings ?? {});
    await bringSlotTo(site, name, slot.settings, undefined);
  }
  if (wanted.signIn)
    for (const name of Object.keys(site.definition().slots))
      site.save(withSlot(site.definition(), name, { signIn: wanted.signIn }));
}

async function bringSlotTo(
  site: Site,
  name: string,
  settings: Readonly<Record<string, string>> | undefined,
  content: Content | undefined,
): Promise<void> {
  const before = site.slotDefinition(name);
  const wanted = { appSettings: settings ?? before.appSettings, content: content ?? before.content };
  const same = JSON.stringify(wanted) === JSON.stringify({ appSettings: before.appSettings, content: before.content });
  if (!same) site.save(withSlot(site.definition(), name, wanted));
  if (!same || !site.running(name).slot.worker()) await restartSlot(site, name);
}

function runsFromDirectory(site: SiteDefinition): boolean {
  const content = site.slots[production]?.content;
  return content !== undefined && "directory" in content;
}

function addressOf(site: Site): SiteAddress {
  const at = (slot: string): SlotAddress => {
    const { server, scmServer } = site.running(slot);
    return { endpoint: `https://${hostName(server.port)}`, scmEndpoint: `https://${hostName(scmServer.port)}` };
  };
  const others = Object.keys(site.definition().slots).filter((slot) => slot !== production);
  return { name: site.name, ...at(production), slots: Object.fromEntries(others.map((slot) => [slot, at(slot)])) };
}
