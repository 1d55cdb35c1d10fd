import { withSlot } from "./definition.ts";
import type { Site } from "./site.ts";

/**
 * Puts a fresh process in the place of a slot's present one: the new one is started first, then
 * requests go to it, then the old one finishes what it has.
 * If the new one does not start the old one stays, and the error says why.
 */
export async function restartSlot(site: Site, slotName: string): Promise<void> {
  const { slot } = site.running(slotName);
  const { content, state } = site.slotDefinition(slotName);
  if (!content || state === "Stopped") return;
  if (!slot.worker()) return slot.start();
  const worker = await site.launch(slotName);
  void site.retire(slot.adopt(worker));
}

/**
 * Ends a slot's process and starts another in its place, as App Service does it after a publication: until that one serves, or
 * for good where it does not start, requests get 503.
 */
export async function startAnew(site: Site, slotName: string): Promise<void> {
  const { slot } = site.running(slotName);
  void site.retire(slot.shut("empty"));
  await slot.start({ holds: false }).catch(() => undefined);
}

/** Lets a slot's app finish what it has and answers 403 from then on. */
export async function stopSlot(site: Site, slotName: string): Promise<void> {
  site.save(withSlot(site.definition(), slotName, { state: "Stopped" }));
  await site.retire(site.running(slotName).slot.shut("stopped"));
}

/** Starts a stopped slot; does nothing to a running one. */
export async function startSlot(site: Site, slotName: string): Promise<void> {
  const { slot } = site.running(slotName);
  if (site.slotDefinition(slotName).state === "Stopped") {
    site.save(withSlot(site.definition(), slotName, { state: "Running" }));
    slot.shut("empty");
  }
  if (!slot.worker() && site.slotDefinition(slotName).content) await slot.start();
}

/** Changes a slot's settings and restarts it, if they are different at all. */
export async function updateSettings(
  site: Site,
  slotName: string,
  appSettings: Readonly<Record<string, string>>,
): Promise<void> {
  if (sameSettings(site.slotDefinition(slotName).appSettings, appSettings)) return;
  site.save(withSlot(site.definition(), slotName, { appSettings }));
  await restartSlot(site, slotName);
}

function sameSettings(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
