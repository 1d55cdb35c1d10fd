import type { Construct } from "constructs";
import { KeyVault, type ResourceGroup } from "./azurerm.ts";

interface Options {
  readonly name: string;
  readonly tenantId: string;
  readonly tags: Record<string, string>;
}

/** A key vault that opens by role assignments only, and whose content nobody can destroy at once. */
export function guardedVault(scope: Construct, id: string, group: ResourceGroup, options: Options): KeyVault {
  return new KeyVault(scope, id, {
    resourceGroupName: group.name,
    location: group.location,
    skuName: "standard",
    rbacAuthorizationEnabled: true,
    purgeProtectionEnabled: true,
    softDeleteRetentionDays: 7,
    ...options,
  });
}
