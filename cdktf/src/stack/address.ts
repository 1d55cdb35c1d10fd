import type { TerraformResource } from "./azurerm.ts";

/** A resource as Terraform's plan names it: `azurerm_servicebus_queue.messaging_train-model`. */
export const addressOf = (resource: TerraformResource): string =>
  `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
