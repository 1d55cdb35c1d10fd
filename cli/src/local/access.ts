import { identityOf, localTenant } from "@local-azure/identity/identities";
import type { Access } from "@local-azure/stack";
import { type Configuration, roleAssignmentsOf, signInsOf, synthesised } from "@ratchet/cdktf";
import { type SettingsTable, services, settings } from "@ratchet/contracts";
import {
  identityIdOf,
  inferenceRegistration,
  infrastructure,
  localGroup,
  localNames,
  localPlace,
  localSubscription,
  operator,
} from "./names.ts";

type RoleAssignments = Access["roleAssignments"];

/** This machine as infrastructure is told of it. Only who is there and which models are served says who may do what. */
const configurationOf = (apps: readonly string[], given: Readonly<Record<string, string>> = {}): Configuration => ({
  ...localPlace,
  region: "local",
  subscription: localSubscription,
  tenant: localTenant,
  tags: {},
  storage: { replication: "LRS", recoverDays: 7, keepVersionsDays: 7, coolAfterDays: 30, keepDropsDays: 30 },
  messaging: { sku: "Standard" },
  training: {
    clusters: { "cpu-cluster": { vmSize: "Standard_D2s_v5", maxNodes: 1, priority: "Dedicated", idle: "PT5M" } },
  },
  orchestrators: { maximumInstances: 1, memoryMb: 512 },
  serving: {
    registration: inferenceRegistration,
    plans: { shared: { sku: "P0v3", workers: 1, zoneRedundant: false } },
    models: apps.map((app) => ({ name: app, app, plan: "shared" })),
    callers: [],
  },
  console: {},
  settings: given,
  access: { operators: operator.principalId, producers: {} },
  observability: { retentionDays: 30, dailyQuotaGb: -1 },
  alerts: { emails: ["operator@localhost.invalid"], inferenceErrors: 5, inferenceLatencySeconds: 1 },
  budget: { startsOn: "2026-01-01", monthly: 1, training: 1 },
  state: { resourceGroup: "none", storageAccount: "none", container: "none" },
});

const principalOf = (resourceId: string): string => identityOf(resourceId).principalId;

const names: Readonly<Record<string, string>> = Object.fromEntries([
  ...[...services, "workspace", "training-compute"].map((who) => [
    principalOf(identityIdOf(who)),
    localNames.identity(who),
  ]),
  [operator.principalId, "operators"],
  [infrastructure.principalId, "infrastructure"],
]);

/** Who makes everything may change everything, and look into the broker besides. */
const ofInfrastructure: RoleAssignments = ["Owner", "Azure Service Bus Data Owner"].map((role) => ({
  principalId: infrastructure.principalId,
  role,
  scope: localGroup,
}));

/**
 * Who may do what on this machine while no model is served yet: the role assignments of infrastructure, synthesised.
 * @param given the settings that are configuration.
 */
export function localAccess(given: Readonly<Record<string, string>>, table: SettingsTable = settings): Access {
  const configured = Object.entries(given).filter(([name]) => table[name]?.from === "configuration");
  const tree = synthesised(configurationOf([], Object.fromEntries(configured)), table);
  return { roleAssignments: [...roleAssignmentsOf(tree, principalOf), ...ofInfrastructure], names };
}

/** What infrastructure makes with an app that serves a model: roles on it, and whom it and its slots let in. */
export function madeWithApp(app: string): {
  readonly roleAssignments: RoleAssignments;
  readonly signIns: ReturnType<typeof signInsOf>;
} {
  const site = `${localGroup}/providers/Microsoft.Web/sites/${app}`;
  const tree = synthesised(configurationOf([app]), {});
  const ofApp = ([id]: [string, unknown]) => id === site || id.startsWith(`${site}/`);
  return {
    roleAssignments: roleAssignmentsOf(tree, principalOf).filter(({ scope }) => scope === site),
    signIns: Object.fromEntries(Object.entries(signInsOf(tree, principalOf)).filter(ofApp)),
  };
}
