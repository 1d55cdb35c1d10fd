import type { Deployment } from "./deployment.ts";

/** Where a deployment's resources are managed. */
export interface ResourcePlace {
  readonly endpoint: string;
  readonly subscription: string;
  readonly group: string;
}

/** @throws {NoDeploymentError} when the environment does not give a setting; it names the setting. */
export const resourcePlace = (deployment: Deployment): ResourcePlace => ({
  endpoint: deployment.setting("AZURE_RESOURCE_MANAGER_ENDPOINT"),
  subscription: deployment.setting("AZURE_SUBSCRIPTION_ID"),
  group: deployment.setting("AZURE_RESOURCE_GROUP"),
});
