import { type Attributes, armTypeOf, type Resource, resourcesOf, type Synthesised } from "./synthesised.ts";

/** The types in Resource Manager of what azurerm makes in a resource group. */
const inGroup: Readonly<Record<string, string>> = {
  azurerm_application_insights: "Microsoft.Insights/components",
  azurerm_container_registry: "Microsoft.ContainerRegistry/registries",
  azurerm_eventgrid_system_topic: "Microsoft.EventGrid/systemTopics",
  azurerm_eventgrid_topic: "Microsoft.EventGrid/topics",
  azurerm_key_vault: "Microsoft.KeyVault/vaults",
  azurerm_servicebus_namespace: "Microsoft.ServiceBus/namespaces",
  azurerm_storage_account: "Microsoft.Storage/storageAccounts",
  azurerm_user_assigned_identity: "Microsoft.ManagedIdentity/userAssignedIdentities",
};

/** What azurerm makes below another resource: the attribute that has the id of that, and the path between them. */
const below: Readonly<Record<string, { readonly parent: string; readonly path: string }>> = {
  azurerm_servicebus_queue: { parent: "namespace_id", path: "queues" },
  azurerm_storage_container: { parent: "storage_account_id", path: "blobServices/default/containers" },
};

/** The id of a resource cannot be told before it is made, or nobody has said here how. */
export class UnknownIdError extends Error {
  override readonly name = "UnknownIdError";

  constructor(reference: string) {
    super(`No id is known for ${reference}: cdktf/src/synth/resource-ids.ts says how ids are made up.`);
  }
}

/** What the references of an environment will be. */
export interface ResourceIds {
  /**
   * A value with its references to ids and names filled in.
   * @throws {UnknownIdError} when it refers to something else, or to a resource whose id is not known.
   */
  resolve(value: string): string;
  /**
   * The resource that `${type.name.attribute}` refers to.
   * @throws {UnknownIdError} when it is no such reference.
   */
  referred(reference: string): Resource;
  /** @throws {UnknownIdError} when nobody has said how the id of such a resource is made up. */
  idOf(resource: Resource): string;
}

/** The ids that the resources of an environment will have in Resource Manager, made up as Azure makes them up. */
export function resourceIdsOf(tree: Synthesised): ResourceIds {
  const resources = new Map(resourcesOf(tree).map((resource) => [`${resource.type}.${resource.name}`, resource]));
  const subscription = String(tree.provider["azurerm"]?.[0]?.["subscription_id"]);

  const referred = (reference: string): Resource => {
    const [, address = ""] = /^\$\{([a-z_]+\.[\w-]+)\.[^}]+\}$/.exec(reference) ?? [];
    const found = resources.get(address);
    if (!found) throw new UnknownIdError(reference);
    return found;
  };
  const resolve = (value: string): string =>
    value.replaceAll(/\$\{[^}]+\}/g, (reference) => {
      const resource = referred(reference);
      if (reference.endsWith(".id}")) return idOf(resource);
      if (reference.endsWith(".name}")) return text(resource.attributes, "name");
      throw new UnknownIdError(reference);
    });
  const text = (attributes: Attributes, name: string): string => resolve(String(attributes[name]));

  const idOf = ({ type, name, attributes }: Resource): string => {
    const own = text(attributes, "name");
    if (type === "azurerm_resource_group") return `/subscriptions/${subscription}/resourceGroups/${own}`;
    if (type === "azapi_resource") return armId(text(attributes, "parent_id"), armTypeOf(attributes), own);
    const armType = inGroup[type];
    if (armType) {
      const group = `/subscriptions/${subscription}/resourceGroups/${text(attributes, "resource_group_name")}`;
      return armId(group, armType, own);
    }
    const place = below[type];
    if (!place) throw new UnknownIdError(`${type}.${name}`);
    return `${text(attributes, place.parent)}/${place.path}/${own}`;
  };
  return { resolve, referred, idOf };
}

/** `Microsoft.Web/sites` in a group, `Microsoft.Web/sites/slots` in a site. */
function armId(parent: string, armType: string, name: string): string {
  const [namespace, type, ...children] = armType.split("/");
  const child = children.at(-1);
  return child ? `${parent}/${child}/${name}` : `${parent}/providers/${namespace}/${type}/${name}`;
}
