import { cp, rm } from "node:fs/promises";
import { type Content, withSlot } from "../site/definition.ts";
import { type Deployment, failed, progressed, recorded, succeeded } from "../site/deployment.ts";
import type { Site } from "../site/site.ts";
import { unzip } from "./unzip.ts";

interface PublishOptions {
  /** Start from nothing instead of from what is there. */
  readonly clean: boolean;
  /** Run the new content at once; otherwise it runs from the next restart on. */
  readonly restart: boolean;
}

/**
 * Unpacks an uploaded package, starts it, and routes to it if it starts. If it does not, the
 * deployment has failed with the reason and what ran before runs on untouched. Never rejects.
 */
export async function publish(
  site: Site,
  slotName: string,
  deployment: Deployment,
  options: PublishOptions,
): Promise<Deployment> {
  let current = deployment;
  const record = (next: Deployment): void => {
    current = next;
    site.save(
      withSlot(site.definition(), slotName, { deployments: recorded(site.slotDefinition(slotName).deployments, next) }),
    );
  };
  const directory = site.folder.directoryOf({ deployment: deployment.id });
  try {
    record(progressed(current, "Unpacking the package", new Date()));
    const before = site.slotDefinition(slotName).content;
    if (!options.clean && before) await cp(site.folder.directoryOf(before), directory, { recursive: true });
    const files = await unzip(site.folder.uploadFile(deployment.id), directory);
    record(progressed(current, `Unpacked ${files} files`, new Date()));
    await activate(site, slotName, deployment.id, options.restart);
    record(succeeded(current, new Date()));
    site.log(slotName, "information", `Deployment ${deployment.id} is active.`);
  } catch (error) {
    record(failed(current, error instanceof Error ? error.message : String(error), new Date()));
    await rm(directory, { recursive: true, force: true });
    site.log(slotName, "error", `Deployment ${deployment.id} failed: ${current.status_text}`);
  } finally {
    await rm(site.folder.uploadFile(deployment.id), { force: true });
  }
  return current;
}

async function activate(site: Site, slotName: string, deployment: string, restart: boolean): Promise<void> {
  const { slot } = site.running(slotName);
  const content: Content = { deployment };
  // The definition is read anew each time: settings and deployments are recorded while a process starts.
  const next = () => withSlot(site.definition(), slotName, { content });
  if (!restart || site.slotDefinition(slotName).state === "Stopped") return site.save(next());
  const worker = await site.launch(slotName, next());
  site.save(next());
  void site.retire(slot.adopt(worker));
}
