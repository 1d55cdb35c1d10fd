import { resourceIdsOf } from "./resource-ids.ts";
import { resourcesOf, type Synthesised } from "./synthesised.ts";

/** A role assignment as Azure will have it, with nothing left to fill in. */
export interface SynthesisedAssignment {
  readonly principalId: string;
  readonly role: string;
  readonly scope: string;
  /** Who on what, in the words of the table of grants. */
  readonly description: string;
}

/**
 * Every role assignment of an environment, as it was synthesised.
 * @param principalOf the object id of the identity of a resource: a user-assigned one, or the resource's own.
 * @throws {UnknownIdError} when an assignment refers to a resource whose id is not known.
 */
export function roleAssignmentsOf(
  tree: Synthesised,
  principalOf: (resourceId: string) => string,
): readonly SynthesisedAssignment[] {
  const ids = resourceIdsOf(tree);
  return resourcesOf(tree, "azurerm_role_assignment").map(({ attributes }) => {
    const principal = String(attributes["principal_id"]);
    return {
      // Of people and foreign programs it is the id itself.
      principalId: principal.startsWith("${") ? principalOf(ids.idOf(ids.referred(principal))) : principal,
      role: String(attributes["role_definition_name"]),
      scope: ids.resolve(String(attributes["scope"])),
      description: String(attributes["description"]),
    };
  });
}
