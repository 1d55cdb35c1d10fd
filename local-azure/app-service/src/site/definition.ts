import type { HostKeys } from "@local-azure/functions-host";
import type { Deployment } from "./deployment.ts";
import type { SignInSettings } from "./sign-in.ts";

/** The slot that every site has, and that its own name stands for. */
export const production = "production";

/** A site as it is kept on disk: all that has to survive a restart. */
export interface SiteDefinition {
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly kind: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What Azure Resource Manager was told and only has to give back: plan, identity, siteConfig and the like. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly identity?: unknown;
  /** Names of app settings that stay with their slot in a swap. */
  readonly stickySettings: readonly string[];
  /** By name; `production` is always there. */
  readonly slots: Readonly<Record<string, SlotDefinition>>;
  readonly lastSwap?: {
    readonly timestampUtc: string;
    readonly sourceSlotName: string;
    readonly destinationSlotName: string;
  };
}

export interface SlotDefinition {
  readonly appSettings: Readonly<Record<string, string>>;
  /** Whom the front end lets in; a swap leaves both slots with those of the target. */
  readonly signIn?: SignInSettings;
  /** What runs here; moves in a swap. */
  readonly content: Content | undefined;
  readonly deployments: readonly Deployment[];
  readonly state: "Running" | "Stopped";
  /** Stay with the slot. */
  readonly keys: HostKeys;
  readonly ports: Ports;
  readonly lastModified: string;
}

interface Ports {
  /** Of the site itself. */
  readonly site: number;
  /** Of its deployment service (Kudu). */
  readonly scm: number;
}

/** A published package, unpacked into the data folder; or a folder of the developer's, run where it is. */
export type Content = { readonly deployment: string } | { readonly directory: string };

/**
 * The slot's definition with changes; every change is one of the site's.
 * @throws {Error} when the site has no such slot.
 */
export function withSlot(site: SiteDefinition, name: string, change: Partial<SlotDefinition>): SiteDefinition {
  const slot = site.slots[name];
  if (!slot) throw new Error(`Site "${site.name}" has no slot "${name}".`);
  return { ...site, slots: { ...site.slots, [name]: { ...slot, ...change, lastModified: new Date().toISOString() } } };
}

/** `site`, or `site-slot` for any other slot than production: the name Azure gives to a slot's own address. */
export function slotAppName(site: string, slot: string): string {
  return slot === production ? site : `${site}-${slot}`;
}
