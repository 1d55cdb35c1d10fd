import { type AccessControl, createAuthorization } from "@local-azure/authorization";
import { identityOf, type ManagedIdentityEndpoint } from "@local-azure/identity";
import {
  createRoleAssignmentProvider,
  keptAssignments,
  openResourceStore,
  type ResourceProvider,
  type RoleAssignmentResource,
} from "@local-azure/resource-manager";
import type { ServiceBusOptions } from "@local-azure/service-bus";
import type { StorageAccess } from "@local-azure/storage";
import type { Access } from "./topology.ts";

/** Resource Manager's audiences, which its deployment services share. */
export const management = ["https://management.azure.com", "https://management.core.windows.net"] as const;

/** Tells each server, in its terms, whose tokens are good and who may do what. */
interface OpenAccess {
  /** For a server whose tokens are for one of these audiences. */
  to(...audience: readonly string[]): AccessControl;
  /** For the process that storage runs in: all that is known now. */
  storage(): StorageAccess;
  serviceBus(namespaceId: string): NonNullable<ServiceBusOptions["access"]>;
  /** `Microsoft.Authorization`. */
  readonly roleAssignments: ResourceProvider;
  /** What an app with these user-assigned identities has in its environment. */
  environmentFor(identityIds: readonly string[]): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface AccessOptions {
  readonly wanted: Access | undefined;
  readonly identity: ManagedIdentityEndpoint;
  /** Where assignments that are made while all runs are kept. */
  readonly file: string;
  readonly onChange: () => void;
  readonly onRefusal: (message: string) => void;
}

export function openAccess({ wanted, identity, file, onChange, onRefusal }: AccessOptions): OpenAccess {
  const kept = openResourceStore<RoleAssignmentResource>(file);
  const { names = {}, believedAfterMs = 0 } = wanted ?? {};
  const assignments = [...(wanted?.roleAssignments ?? []), ...keptAssignments(kept)];
  const authorization = createAuthorization({
    assignments,
    names,
    believedAfterMs,
    onChange,
    onRefusal: ({ message }) => onRefusal(message),
  });
  const roles = wanted ? { require: authorization.require } : {};
  const environments = new Map<string, Readonly<Record<string, string>>>();
  return {
    to: (...audience) => ({ verifyToken: (token) => identity.verifyToken(token, { audience }), ...roles }),
    storage: () => ({
      publicKey: identity.publicKey,
      ...(wanted ? { assignments: authorization.assignments, names } : {}),
    }),
    serviceBus: (resourceId) => ({
      // As where local authentication is disabled.
      keys: [],
      verifyToken: (token: string) => identity.verifyToken(token, { audience: "https://servicebus.azure.net" }),
      ...(wanted ? { roles: { resourceId, require: authorization.require } } : {}),
    }),
    roleAssignments: createRoleAssignmentProvider(authorization, kept),
    environmentFor(identityIds) {
      if (!wanted) return identity.environment;
      if (identityIds.length === 0) return {};
      const key = identityIds.join(" ");
      const known = environments.get(key) ?? identity.environmentFor({ userAssigned: identityIds.map(identityOf) });
      environments.set(key, known);
      return known;
    },
    close: async () => kept.close(),
  };
}
