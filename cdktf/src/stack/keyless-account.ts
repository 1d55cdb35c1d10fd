import type { Construct } from "constructs";
import { type ResourceGroup, StorageAccount } from "./azurerm.ts";

type Options = Partial<ConstructorParameters<typeof StorageAccount>[2]> & {
  readonly name: string;
  readonly accountReplicationType: string;
};

/** A storage account that opens to Entra identities only: no key, no anonymous blob, nothing below TLS 1.2. */
export function keylessAccount(scope: Construct, id: string, group: ResourceGroup, options: Options): StorageAccount {
  return new StorageAccount(scope, id, {
    resourceGroupName: group.name,
    location: group.location,
    accountTier: "Standard",
    accountKind: "StorageV2",
    sharedAccessKeyEnabled: false,
    defaultToOauthAuthentication: true,
    allowNestedItemsToBePublic: false,
    crossTenantReplicationEnabled: false,
    localUserEnabled: false,
    httpsTrafficOnlyEnabled: true,
    minTlsVersion: "TLS1_2",
    ...options,
  });
}
