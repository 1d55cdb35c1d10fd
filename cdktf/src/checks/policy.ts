import { armTypeOf, at, type Resource, resourcesOf, type Synthesised } from "../synth/synthesised.ts";
import { keysIn, unreadable } from "./keys.ts";

/** Something public, keyed or unseen in what was synthesised. */
interface Violation {
  readonly resource: string;
  readonly rule: string;
}

/** What a resource of a type must say, by the path of the attribute. An attribute that is missing does not say it. */
type Demands = Readonly<Record<string, readonly (string | boolean)[]>>;

const tls = ["1.2", "1.3"] as const;

const site: Demands = {
  "body.properties.httpsOnly": [true],
  "body.properties.siteConfig.minTlsVersion": tls,
  "body.properties.siteConfig.scmMinTlsVersion": tls,
};

const signIn: Demands = {
  "body.properties.platform.enabled": [true],
  "body.properties.globalValidation.requireAuthentication": [true],
  "body.properties.globalValidation.unauthenticatedClientAction": ["Return401"],
};

const demands: Readonly<Record<string, Demands>> = {
  azurerm_storage_account: {
    shared_access_key_enabled: [false],
    default_to_oauth_authentication: [true],
    allow_nested_items_to_be_public: [false],
    cross_tenant_replication_enabled: [false],
    local_user_enabled: [false],
    https_traffic_only_enabled: [true],
    min_tls_version: ["TLS1_2", "TLS1_3"],
  },
  azurerm_storage_container: { container_access_type: ["private"] },
  azurerm_servicebus_namespace: { local_auth_enabled: [false], minimum_tls_version: tls },
  azurerm_eventgrid_topic: { local_auth_enabled: [false] },
  azurerm_key_vault: { rbac_authorization_enabled: [true], purge_protection_enabled: [true] },
  azurerm_container_registry: { admin_enabled: [false] },
  azurerm_application_insights: { local_authentication_disabled: [true] },
  azurerm_log_analytics_workspace: { local_authentication_enabled: [false] },
  azurerm_machine_learning_compute_cluster: { local_auth_enabled: [false], ssh_public_access_enabled: [false] },
};

const armDemands: Readonly<Record<string, Demands>> = {
  "Microsoft.Web/sites": site,
  "Microsoft.Web/sites/slots": site,
  "Microsoft.Web/sites/basicPublishingCredentialsPolicies": { "body.properties.allow": [false] },
  "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies": { "body.properties.allow": [false] },
  "Microsoft.Web/sites/config": signIn,
  "Microsoft.Web/sites/slots/config": signIn,
  "Microsoft.MachineLearningServices/workspaces": { "body.properties.systemDatastoresAuthMode": ["identity"] },
  "Microsoft.MachineLearningServices/workspaces/datastores": {
    "body.properties.credentials.credentialsType": ["None"],
  },
};

/** Types of which there is nothing to demand. One that is in no list has not been thought about. */
const harmless = [
  "azurerm_consumption_budget_resource_group",
  "azurerm_eventgrid_event_subscription",
  "azurerm_eventgrid_system_topic",
  "azurerm_eventgrid_system_topic_event_subscription",
  "azurerm_monitor_action_group",
  "azurerm_monitor_activity_log_alert",
  "azurerm_monitor_diagnostic_setting",
  "azurerm_monitor_metric_alert",
  "azurerm_resource_group",
  "azurerm_role_assignment",
  "azurerm_service_plan",
  "azurerm_servicebus_queue",
  "azurerm_storage_management_policy",
  "azurerm_user_assigned_identity",
  "time_sleep",
];

const diagnosed = [
  "azurerm_container_registry",
  "azurerm_eventgrid_system_topic",
  "azurerm_eventgrid_topic",
  "azurerm_key_vault",
  "azurerm_servicebus_namespace",
  "azurerm_storage_account",
  "Microsoft.MachineLearningServices/workspaces",
  "Microsoft.Web/sites",
];

/** Every violation in the whole tree. */
export function violations(tree: Synthesised): readonly Violation[] {
  const targets = new Set(
    resourcesOf(tree, "azurerm_monitor_diagnostic_setting").map(({ attributes }) => attributes["target_resource_id"]),
  );
  return resourcesOf(tree).flatMap((resource) => {
    const address = `${resource.type}.${resource.name}`;
    const rules = [
      ...broken(resource),
      ...keysIn(resource.attributes),
      ...unreadable(resource.attributes),
      ...tooWide(resource),
      ...undiagnosed(resource, targets),
      ...undeadLettered(resource),
      ...brokenOfPlan(resource),
      ...open(resource, tree),
    ];
    return rules.map((rule) => ({ resource: address, rule }));
  });
}

/** `Microsoft.Web/sites` for a resource in Resource Manager's words, else Terraform's type. */
const typeOf = ({ type, attributes }: Resource) => (type.startsWith("azapi_") ? armTypeOf(attributes) : type);

function broken(resource: Resource): readonly string[] {
  const type = typeOf(resource);
  const wanted = demands[type] ?? armDemands[type];
  if (!wanted) return harmless.includes(type) ? [] : [`no rule has been written for ${type}`];
  return unmet(wanted, resource);
}

function unmet(wanted: Demands, { attributes }: Resource): readonly string[] {
  return Object.entries(wanted)
    .filter(([path, values]) => !values.includes(at(attributes, path) as never))
    .map(([path, values]) => `${path} must be ${values.join(" or ")}`);
}

function tooWide({ type, attributes }: Resource): readonly string[] {
  if (type !== "azurerm_role_assignment") return [];
  const scope = String(attributes["scope"]);
  const role = String(attributes["role_definition_name"]);
  return [
    ...(/azurerm_resource_group|^\/subscriptions/.test(scope)
      ? ["a role is assigned on one resource, not on a group"]
      : []),
    ...(/^(Owner|User Access Administrator|Role Based Access Control Administrator)$/.test(role)
      ? [`nobody needs to be ${role}`]
      : []),
  ];
}

function undiagnosed(resource: Resource, targets: ReadonlySet<unknown>): readonly string[] {
  if (!diagnosed.includes(typeOf(resource))) return [];
  const id = `\${${resource.type}.${resource.name}.id}`;
  return targets.has(id) || targets.has(`${id}/blobServices/default`) ? [] : ["has no diagnostic setting"];
}

/** Flex Consumption has no FTP; its apps open with their own keys and read their package as themselves. */
const flexApp: Demands = {
  "body.properties.functionAppConfig.deployment.storage.authentication.type": ["UserAssignedIdentity"],
};

const dedicatedApp: Demands = {
  "body.properties.siteConfig.ftpsState": ["Disabled"],
  "body.properties.siteConfig.remoteDebuggingEnabled": [false],
};

/** An app that serves is anonymous, so the platform has to let in who is named, and nobody else. */
function open(resource: Resource, tree: Synthesised): readonly string[] {
  if (!isSite(resource) || isFlex(resource)) return [];
  const parent = `\${${resource.type}.${resource.name}.id}`;
  const signIn = resourcesOf(tree, "azapi_update_resource").find(
    ({ attributes }) => attributes["parent_id"] === parent && attributes["name"] === "authsettingsV2",
  );
  const validation = "body.properties.identityProviders.azureActiveDirectory.validation";
  const admitted = signIn && at(signIn.attributes, `${validation}.defaultAuthorizationPolicy.allowedPrincipals`);
  const { identities = [] } = (admitted ?? {}) as { readonly identities?: readonly string[] };
  return identities.length > 0 ? [] : ["asks nobody who calls: its sign-in has to name who may"];
}

const isSite = (resource: Resource) => ["Microsoft.Web/sites", "Microsoft.Web/sites/slots"].includes(typeOf(resource));
const isFlex = ({ attributes }: Resource) => at(attributes, "body.properties.functionAppConfig") !== undefined;

function brokenOfPlan(resource: Resource): readonly string[] {
  if (!isSite(resource)) return [];
  return unmet(isFlex(resource) ? flexApp : dedicatedApp, resource);
}

function undeadLettered({ type, attributes }: Resource): readonly string[] {
  if (!type.endsWith("event_subscription")) return [];
  return attributes["storage_blob_dead_letter_destination"] && attributes["delivery_identity"]
    ? []
    : ["delivers without an identity, or without a place for what cannot be delivered"];
}
