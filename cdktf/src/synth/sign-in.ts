import { resourceIdsOf } from "./resource-ids.ts";
import { type Attribute, type Attributes, armTypeOf, resourcesOf, type Synthesised } from "./synthesised.ts";

/** The sign-in of an app and of its slots as Azure will have it, by resource id. */
export type SignIns = Readonly<Record<string, Attributes>>;

/**
 * Whom the apps of an environment let in, as it was synthesised: the properties of each `config/authsettingsV2`.
 * @param principalOf the object id of the identity of a resource.
 * @throws {UnknownIdError} when one refers to something that is not known before it is made.
 */
export function signInsOf(tree: Synthesised, principalOf: (resourceId: string) => string): SignIns {
  const ids = resourceIdsOf(tree);
  const filled = (value: Attribute): Attribute => {
    if (typeof value === "string")
      return /^\$\{[^}]+\.principal_id\}$/.test(value)
        ? principalOf(ids.idOf(ids.referred(value)))
        : ids.resolve(value);
    if (Array.isArray(value)) return (value as readonly Attribute[]).map(filled);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
  };
  return Object.fromEntries(
    resourcesOf(tree, "azapi_update_resource")
      .filter(({ attributes }) => armTypeOf(attributes).endsWith("/config") && attributes["name"] === "authsettingsV2")
      .map(({ attributes }) => {
        const { properties } = attributes["body"] as { readonly properties: Attributes };
        return [ids.resolve(String(attributes["parent_id"])), filled(properties) as Attributes];
      }),
  );
}
