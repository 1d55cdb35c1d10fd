import type { DeploymentRecord } from "@ratchet/contracts";
import { readChampion } from "@ratchet/state";
import type { Deployer } from "../deployer.ts";
import { readKeptPackage } from "../package/kept-package.ts";
import { checkServing } from "../production/check.ts";
import { readSlots } from "../production/slots.ts";
import { goalOf } from "./goal.ts";
import type { Seen } from "./next-step.ts";
import { nameOfPublication } from "./publication.ts";

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function lookAtPublication({ appService }: Deployer, record: DeploymentRecord): Promise<Seen> {
  const staging = await appService.slot(record.app, "staging");
  return { of: "publication", publication: await appService.publishState(staging, nameOfPublication(record)) };
}

async function lookAtSite(
  { appService, inferenceApp, stores }: Deployer,
  record: DeploymentRecord,
  of: "staging" | "production",
): Promise<Seen> {
  const { site } = await appService.slot(record.app, of);
  const goal = goalOf(record);
  const manifest = async () => (await readKeptPackage(stores, goal.package)).manifest;
  return { of, check: await checkServing(inferenceApp, site, record.model, goal, manifest) };
}

async function lookOutside(deployer: Deployer, record: DeploymentRecord): Promise<Seen> {
  switch (record.state) {
    case "intended":
    case "swapping":
      return { of: "slots", ...(await readSlots(deployer, record)) };
    case "publishing":
      return lookAtPublication(deployer, record);
    case "staged":
    case "restarting":
      return lookAtSite(deployer, record, "staging");
    case "swapped":
      return lookAtSite(deployer, record, "production");
    case "proven": {
      const pointer = await readChampion(deployer.stores, record.model);
      return { of: "pointer", champion: pointer?.champion, frozen: pointer?.frozen !== undefined };
    }
    default:
      return { of: "nothing" };
  }
}

/** Looks at what a deployment's next step is decided by. What cannot be looked at is told as that. */
export const look = (deployer: Deployer, record: DeploymentRecord): Promise<Seen> =>
  lookOutside(deployer, record).catch((error: unknown) => ({ of: "darkness", why: wordsOf(error) }));
