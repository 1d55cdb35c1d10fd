import { Construct } from "constructs";
import { RoleAssignment } from "./azurerm.ts";
import type { Grant, Principal, Scope } from "./grants.ts";

export interface PrincipalRef {
  readonly id: string;
  readonly type: "ServicePrincipal" | "Group";
}

/** The role assignments of an environment: exactly those of the table of grants, and the only place that makes any. */
export class Access extends Construct {
  readonly #assignments = new Map<Principal, RoleAssignment[]>();

  constructor(
    scope: Construct,
    id: string,
    grants: readonly Grant[],
    principals: ReadonlyMap<Principal, PrincipalRef>,
    scopes: ReadonlyMap<Scope, string>,
  ) {
    super(scope, id);
    for (const grant of grants) {
      const principal = found(principals, grant.principal);
      const assignment = new RoleAssignment(this, idOf(grant), {
        principalId: principal.id,
        principalType: principal.type,
        roleDefinitionName: grant.role,
        scope: found(scopes, grant.scope),
        description: `${grant.principal} on ${grant.scope}`,
        // An identity made a moment ago may not have reached every directory replica.
        ...(principal.type === "ServicePrincipal" && { skipServicePrincipalAadCheck: true }),
      });
      this.#assignments.set(grant.principal, [...(this.#assignments.get(grant.principal) ?? []), assignment]);
    }
  }

  /** The assignments of a principal, for what cannot be made before its permissions are there. */
  of(principal: Principal): readonly RoleAssignment[] {
    return this.#assignments.get(principal) ?? [];
  }
}

const idOf = ({ principal, role, scope }: Grant) =>
  [principal, role, scope].join("--").replaceAll(/[: ]/g, "-").toLowerCase();

function found<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`The table of grants names ${key}, but no construct has made it.`);
  return value;
}
