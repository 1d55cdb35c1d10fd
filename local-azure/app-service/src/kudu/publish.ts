import { cp, rm } from "node:fs/promises";
import { type Content, withSlot } from "../site/definition.ts";
import { type Deployment, failed, progressed, recorded, succeeded } from "../site/deployment.ts";
import type { Site } from "../site/site.ts";
import type { Asked } from "./asked.ts";
import { placePackage, runsFromPackage } from "./run-from-package.ts";
import { unzip } from "./unzip.ts";

type PublishOptions = Pick<Asked, "way" | "clean" | "restart"> & {
  /** Of an app that runs from its package: it is restarted before it is known with which. */
  readonly restartsEarly: boolean;
};

/**
 * Brings an uploaded package into a slot. An app that runs from its package is restarted with it, whatever is in it; every other
 * is unpacked, started, and routed to if it starts. If it does not, the deployment has failed with the reason and what ran before
 * runs on untouched. Never rejects.
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
  let afterwards = async (): Promise<void> => undefined;
  try {
    if (runsFromPackage(site, slotName) === "local") {
      // OneDeploy leaves such an app with what it had: https://github.com/Azure/Azure-Functions/issues/2612
      if (options.way === "zip-deploy") afterwards = await placePackage(site, slotName, deployment.id, options);
    } else
      await unpack(site, slotName, deployment.id, options, (step) => record(progressed(current, step, new Date())));
    record(succeeded(current, new Date()));
    site.log(slotName, "information", `Deployment ${deployment.id} is active.`);
  } catch (error) {
    record(failed(current, error instanceof Error ? error.message : String(error), new Date()));
    await rm(directory, { recursive: true, force: true });
    site.log(slotName, "error", `Deployment ${deployment.id} failed: ${current.status_text}`);
  } finally {
    await rm(site.folder.uploadFile(deployment.id), { force: true });
  }
  await afterwards();
  return current;
}

async function unpack(
  site: Site,
  slotName: string,
  deployment: string,
  { clean, restart }: PublishOptions,
  say: (step: string) => void,
): Promise<void> {
  const directory = site.folder.directoryOf({ deployment });
  say("Unpacking the package");
  const before = site.slotDefinition(slotName).content;
  if (!clean && before) await cp(site.folder.directoryOf(before), directory, { recursive: true });
  const files = await unzip(site.folder.uploadFile(deployment), directory);
  say(`Unpacked ${files} files`);
  await activate(site, slotName, deployment, restart);
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
