import { type SiteDefinition, type SlotDefinition, withSlot } from "./definition.ts";

/**
 * The site after a swap: content and settings change places; sticky settings, keys, addresses,
 * deployment history and state stay with their slot. The target's sign-in is the source's from then on, too.
 */
export function swapped(site: SiteDefinition, source: string, target: string, now: Date): SiteDefinition {
  const from = slotOf(site, source);
  const to = slotOf(site, target);
  const moved = (content: SlotDefinition, place: SlotDefinition): Partial<SlotDefinition> => ({
    content: content.content,
    appSettings: settingsAfterSwap(content.appSettings, place.appSettings, site.stickySettings),
    ...(to.signIn && { signIn: to.signIn }),
  });
  const lastSwap = { timestampUtc: now.toISOString(), sourceSlotName: source, destinationSlotName: target };
  return { ...withSlot(withSlot(site, target, moved(from, to)), source, moved(to, from)), lastSwap };
}

/** The settings that an app has in the slot it moves to: its own, but for the sticky ones, which are the slot's. */
function settingsAfterSwap(
  moving: Readonly<Record<string, string>>,
  staying: Readonly<Record<string, string>>,
  sticky: readonly string[],
): Record<string, string> {
  const isSticky = new Set(sticky.map((name) => name.toLowerCase()));
  const of = (settings: Readonly<Record<string, string>>, wanted: boolean) =>
    Object.entries(settings).filter(([name]) => isSticky.has(name.toLowerCase()) === wanted);
  return Object.fromEntries([...of(moving, false), ...of(staying, true)]);
}

function slotOf(site: SiteDefinition, name: string): SlotDefinition {
  const slot = site.slots[name];
  if (!slot) throw new Error(`Site "${site.name}" has no slot "${name}".`);
  return slot;
}
