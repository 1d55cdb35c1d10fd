import { AzureMachineLearningWorkspaces } from "@azure/arm-machinelearning";
import type { TokenCredential } from "@azure/identity";
import { managementScope } from "@ratchet/contracts";

/** A version of a model, as the registry has it. */
export interface RegisteredModel {
  readonly name: string;
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly registeredAt: Date;
}

/** The models that are registered in a workspace, by whomever. It is only read. */
export interface Registry {
  /** Every version of every model that was registered at a time or later. */
  registeredSince(since: Date): AsyncIterable<RegisteredModel>;
}

/** Where the workspace is. */
export interface RegistryAddress {
  readonly resourceManager: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly workspace: string;
}

/** As Azure's own client for Python asks for it. */
const newestFirst = "createdtime desc";

/** Opens the registry of a workspace. Nothing is contacted before it is needed. */
export function openRegistry(address: RegistryAddress, credential: TokenCredential): Registry {
  const { resourceManager, subscriptionId, resourceGroup, workspace } = address;
  const { modelContainers, modelVersions } = new AzureMachineLearningWorkspaces(credential, subscriptionId, {
    endpoint: resourceManager,
    // By default the scope is the endpoint, which the management audience is not in every cloud.
    credentialScopes: managementScope,
  });
  return {
    async *registeredSince(since) {
      for await (const { name } of modelContainers.list(resourceGroup, workspace)) {
        if (name === undefined) continue;
        const versions = modelVersions.list(resourceGroup, workspace, name, { orderBy: newestFirst });
        for await (const { name: version, properties, systemData } of versions) {
          const registeredAt = systemData?.createdAt;
          if (version === undefined || !registeredAt) continue;
          if (registeredAt < since) break;
          yield { name, version, tags: textsOf(properties.tags), registeredAt };
        }
      }
    },
  };
}

const textsOf = (tags: { readonly [name: string]: string | null } | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags ?? {}).filter((tag): tag is [string, string] => tag[1] !== null));
