import type { DeploymentRecord } from "@ratchet/contracts";
import { goalOf } from "./goal.ts";

const byItself = "the deployment goes on by itself";

/** What an operator can do about a deployment that does not go on. */
export function remedyOf(record: DeploymentRecord): string {
  const { app, state } = record;
  switch (state) {
    case "publishing":
      return `look at the deployment service of the slot staging of ${app}, and whether the deployer has the role Website Contributor on the app; ${byItself}`;
    case "restarting":
    case "swapping":
      return `look whether ${app} is started and answers in both slots, and whether the deployer has the role Website Contributor on it; ${byItself}`;
    case "verified":
      return `give the deployer the role Storage Blob Data Contributor on the container champions; ${byItself}`;
    case "recorded":
    case "failed":
    case "given-up":
      return `give the deployer the role EventGrid Data Sender on the topic ratchet; ${byItself}`;
    default:
      return `look whether ${app} is started and answers in both slots: version ${goalOf(record).version} is to serve, packages/${goalOf(record).package}.zip; ${byItself}`;
  }
}
