/** What a role allows: actions on resources (Resource Manager), and on the data in them. `*` stands for any text. */
export interface BuiltInRole {
  readonly name: string;
  /** The same in every tenant. */
  readonly id: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
}

/** There is no such role among those that are known here. */
export class UnknownRoleError extends Error {
  override readonly name = "UnknownRoleError";

  constructor(role: string) {
    super(
      `The role "${role}" is not known here. Built-in roles stand in local-azure/authorization/src/built-in-roles.ts: ` +
        "add it with the actions that Azure publishes.",
    );
  }
}

const containers = "Microsoft.Storage/storageAccounts/blobServices/containers";
const delegationKey = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action";
const tables = "Microsoft.Storage/storageAccounts/tableServices/tables";
const files = "Microsoft.Storage/storageAccounts/fileServices";
const workspaces = "Microsoft.MachineLearningServices/workspaces";
const readGroup = "Microsoft.Resources/subscriptions/resourceGroups/read";
/** What nearly every role for people has beside its own. */
const common = [
  "Microsoft.Authorization/*/read",
  "Microsoft.Insights/alertRules/*",
  "Microsoft.Resources/deployments/*",
  readGroup,
  "Microsoft.Support/*",
];
const serviceBusReads = [
  "Microsoft.ServiceBus/*/queues/read",
  "Microsoft.ServiceBus/*/topics/read",
  "Microsoft.ServiceBus/*/topics/subscriptions/read",
];

const role = (
  name: string,
  id: string,
  { actions = [], notActions = [], dataActions = [] }: Partial<Omit<BuiltInRole, "name" | "id">>,
): BuiltInRole => ({ name, id, actions, notActions, dataActions });

/**
 * Built-in roles with their published permissions.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
const builtInRoles: readonly BuiltInRole[] = [
  role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", {
    actions: ["Microsoft.ContainerRegistry/registries/pull/read"],
  }),
  role("Azure Service Bus Data Owner", "090c5cfd-751d-490a-894a-3ce6f1109419", {
    actions: ["Microsoft.ServiceBus/*"],
    dataActions: ["Microsoft.ServiceBus/*"],
  }),
  role("Azure Service Bus Data Receiver", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0", {
    actions: serviceBusReads,
    dataActions: ["Microsoft.ServiceBus/*/receive/action"],
  }),
  role("Azure Service Bus Data Sender", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39", {
    actions: serviceBusReads,
    dataActions: ["Microsoft.ServiceBus/*/send/action"],
  }),
  role("AzureML Compute Operator", "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815", {
    actions: [`${workspaces}/computes/*`, `${workspaces}/notebooks/vm/*`],
  }),
  role("AzureML Data Scientist", "f6c7c914-8db3-469d-8ca1-694a8f32e121", {
    actions: ["read", "write", "delete", "action"].map((kind) => `${workspaces}/*/${kind}`),
    notActions: [
      `${workspaces}/write`,
      `${workspaces}/delete`,
      `${workspaces}/listKeys/action`,
      `${workspaces}/computes/*/write`,
      `${workspaces}/computes/*/delete`,
      `${workspaces}/computes/listKeys/action`,
      `${workspaces}/hubs/write`,
      `${workspaces}/hubs/delete`,
      `${workspaces}/featurestores/write`,
      `${workspaces}/featurestores/delete`,
    ],
  }),
  role("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c", {
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
    ],
  }),
  role("EventGrid Data Sender", "d5a91429-5739-47e2-a06b-3470a27159e7", {
    actions: [
      "Microsoft.Authorization/*/read",
      "Microsoft.EventGrid/topics/read",
      "Microsoft.EventGrid/domains/read",
      "Microsoft.EventGrid/partnerNamespaces/read",
      "Microsoft.EventGrid/namespaces/read",
      readGroup,
    ],
    dataActions: ["Microsoft.EventGrid/events/send/action"],
  }),
  role("EventGrid EventSubscription Contributor", "428e0ff0-5e57-4d9c-a221-2c70d0e0a443", {
    actions: [
      ...common,
      "Microsoft.EventGrid/eventSubscriptions/*",
      "Microsoft.EventGrid/topicTypes/eventSubscriptions/read",
      "Microsoft.EventGrid/locations/eventSubscriptions/read",
      "Microsoft.EventGrid/locations/topicTypes/eventSubscriptions/read",
    ],
  }),
  role("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", {
    actions: [
      ...common,
      "Microsoft.KeyVault/checkNameAvailability/read",
      "Microsoft.KeyVault/deletedVaults/read",
      "Microsoft.KeyVault/operations/read",
      "Microsoft.KeyVault/locations/*/read",
      "Microsoft.KeyVault/vaults/*/read",
    ],
    dataActions: ["Microsoft.KeyVault/vaults/*"],
  }),
  role("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", {
    dataActions: [
      "Microsoft.KeyVault/vaults/secrets/getSecret/action",
      "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ],
  }),
  role("Monitoring Metrics Publisher", "3913510d-42f4-4e42-8a64-420c390055eb", {
    actions: ["Microsoft.Insights/Register/Action", "Microsoft.Support/*", readGroup],
    dataActions: ["Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"],
  }),
  role("Monitoring Reader", "43d0d8ad-25c7-4714-9337-8ba259a9fe05", {
    actions: ["*/read", "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*"],
  }),
  role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", { actions: ["*"] }),
  role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", { actions: ["*/read"] }),
  role("Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", {
    actions: [`${containers}/read`, `${containers}/write`, `${containers}/delete`, delegationKey],
    dataActions: ["read", "write", "delete", "add/action", "move/action"].map((kind) => `${containers}/blobs/${kind}`),
  }),
  role("Storage Blob Data Owner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", {
    actions: [`${containers}/*`, delegationKey],
    dataActions: [`${containers}/blobs/*`],
  }),
  role("Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", {
    actions: [`${containers}/read`, delegationKey],
    dataActions: [`${containers}/blobs/read`],
  }),
  role("Storage File Data Privileged Contributor", "69566ab7-960f-475b-8e7c-b3118f30c6bd", {
    dataActions: [
      `${files}/fileshares/files/read`,
      `${files}/fileshares/files/write`,
      `${files}/fileshares/files/delete`,
      `${files}/fileshares/files/modifypermissions/action`,
      `${files}/readFileBackupSemantics/action`,
      `${files}/writeFileBackupSemantics/action`,
    ],
  }),
  role("Storage Table Data Contributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", {
    actions: [`${tables}/read`, `${tables}/write`, `${tables}/delete`],
    dataActions: ["read", "write", "delete", "add/action", "update/action"].map((kind) => `${tables}/entities/${kind}`),
  }),
  role("Website Contributor", "de139f84-1756-47ae-9be6-808fbbe84772", {
    actions: [
      ...common,
      "Microsoft.Insights/components/*",
      "Microsoft.ResourceHealth/availabilityStatuses/read",
      "Microsoft.Web/certificates/*",
      "Microsoft.Web/listSitesAssignedToHostName/read",
      "Microsoft.Web/serverFarms/join/action",
      "Microsoft.Web/serverFarms/read",
      "Microsoft.Web/sites/*",
    ],
  }),
];

const byName = new Map(
  builtInRoles.flatMap((known) => [known.name, known.id].map((key) => [key.toLowerCase(), known])),
);

/**
 * A role by its name, its id, or the resource id of its definition.
 * @throws {UnknownRoleError} when it is none of those that are known here.
 */
export function roleOf(role: string): BuiltInRole {
  const known = byName.get(role.toLowerCase()) ?? byName.get(role.split("/").at(-1)?.toLowerCase() ?? "");
  if (!known) throw new UnknownRoleError(role);
  return known;
}
