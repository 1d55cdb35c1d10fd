/** Azure would not take a name. */
export class SiteNameError extends Error {
  override readonly name = "SiteNameError";
}

/** Beyond this length of a site's name the address of a slot would be longer than a part of a host name may be. */
const longestWithSlots = 40;

/**
 * Names become parts of host names, and here of paths.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftweb
 * @throws {SiteNameError} when it has other characters than letters, digits and hyphens, or is too long or too short.
 */
export function checkSiteName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,58}[a-z0-9]$/i.test(name)) return;
  throw new SiteNameError(
    `"${name}" cannot be a site's name: use 2 to 60 letters, digits and hyphens, with no hyphen first or last.`,
  );
}

/** @throws {SiteNameError} when the site's name is too long for slots, or the slot's cannot be. */
export function checkSlotName(site: string, slot: string): void {
  if (site.length > longestWithSlots) {
    throw new SiteNameError(
      `The site "${site}" cannot have slots: its name has ${site.length} characters, and ${longestWithSlots} at most leave room for a slot's.`,
    );
  }
  if (!/^[a-z0-9][a-z0-9-]{0,57}[a-z0-9]$/i.test(slot)) {
    throw new SiteNameError(
      `"${slot}" cannot be a slot's name: use 2 to 59 letters, digits and hyphens, with no hyphen first or last.`,
    );
  }
}
