import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Content, SiteDefinition } from "./definition.ts";

/** Where a site keeps its definition, its unpacked packages and what its apps remember. */
export interface SiteFolder {
  readonly path: string;
  save(site: SiteDefinition): void;
  directoryOf(content: Content): string;
  /** A place for an upload; the caller removes it. */
  uploadFile(deployment: string): string;
  stateFolder(slot: string): string;
  /** Removes the packages that no slot has and no process runs from. */
  removeUnused(site: SiteDefinition, runningFrom: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

export function siteFolder(root: string, name: string): SiteFolder {
  const path = join(root, name.toLowerCase());
  const content = join(path, "content");
  const uploads = join(path, "uploads");
  mkdirSync(content, { recursive: true });
  mkdirSync(uploads, { recursive: true });
  return {
    path,
    save(site) {
      // Written beside and renamed: whoever reads finds the old definition or the new one, never half of one.
      const draft = join(path, "site.json.new");
      writeFileSync(draft, JSON.stringify(site, undefined, 2), { mode: 0o600 });
      renameSync(draft, join(path, "site.json"));
    },
    directoryOf: (which) => ("directory" in which ? which.directory : join(content, which.deployment)),
    uploadFile: (deployment) => join(uploads, `${deployment}.zip`),
    stateFolder: (slot) => join(path, "state", slot),
    async removeUnused(site, runningFrom) {
      const used = new Set(
        Object.values(site.slots).flatMap((slot) =>
          slot.content && "deployment" in slot.content ? [slot.content.deployment] : [],
        ),
      );
      const unused = readdirSync(content).filter(
        (name) => !used.has(name) && !runningFrom.includes(join(content, name)),
      );
      await Promise.all(unused.map((name) => rm(join(content, name), { recursive: true, force: true })));
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** The definitions of all sites in a data folder. */
export function readSites(root: string): SiteDefinition[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((folder) => {
    const file = join(root, folder, "site.json");
    return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8")) as SiteDefinition] : [];
  });
}
