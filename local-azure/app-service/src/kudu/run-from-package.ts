import { mkdir } from "node:fs/promises";
import { withSlot } from "../site/definition.ts";
import { startAnew } from "../site/restart.ts";
import type { Site } from "../site/site.ts";
import { unzip } from "./unzip.ts";

/** Whether a slot runs from the package that is published to it (`local`), or from one elsewhere, where nothing can be published. */
export function runsFromPackage(site: Site, slot: string): "local" | "remote" | "no" {
  const setting = site.slotDefinition(slot).appSettings["WEBSITE_RUN_FROM_PACKAGE"] ?? "";
  if (setting === "1") return "local";
  return /^https?:/i.test(setting) ? "remote" : "no";
}

/**
 * Puts a package beside those before it, and gives what is to be done after the deployment is called a success: Kudu does not
 * look whether it is a zip file, or whether the app starts with it.
 *
 * The restart is asked for before it is written down which package is to be run, so an app may come up with the one before
 * (`restartsEarly`); it runs the new one after its next restart.
 *
 * Source: https://github.com/Azure-App-Service/KuduLite, Kudu.Core/Deployment/DeploymentManager.cs (RestartMainSiteIfNeeded, then
 * UpdatePackageName).
 */
export async function placePackage(
  site: Site,
  slot: string,
  deployment: string,
  { restartsEarly }: { readonly restartsEarly: boolean },
): Promise<() => Promise<void>> {
  const directory = site.folder.directoryOf({ deployment });
  await mkdir(directory, { recursive: true });
  try {
    await unzip(site.folder.uploadFile(deployment), directory);
  } catch (error) {
    site.log(slot, "error", `The package cannot be mounted: ${error instanceof Error ? error.message : String(error)}`);
  }
  const hadContent = site.slotDefinition(slot).content !== undefined;
  const isRunning = site.slotDefinition(slot).state === "Running";
  const writeName = () => site.save(withSlot(site.definition(), slot, { content: { deployment } }));
  return async () => {
    if (restartsEarly && isRunning && hadContent) await startAnew(site, slot);
    writeName();
    if (!restartsEarly && isRunning) await startAnew(site, slot);
  };
}
