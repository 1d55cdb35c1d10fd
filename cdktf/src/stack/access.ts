import { Construct } from "constructs";
import { RoleAssignment } from "./azurerm.ts";
import type { Grant, Principal, Scope } from "./grants.ts";
import { Wait } from "./wait.ts";

/** How long Azure is given to believe new assignments: it says up to ten minutes, and mostly needs one or two. */
const believedAfter = "150s";

export interface PrincipalRef {
  readonly id: string;
  readonly type: "ServicePrincipal" | "Group";
}

/** The role assignments of an environment: exactly those of the table of grants, and the only place that makes any. */
export class Access extends Construct {
  readonly #made: readonly { readonly grant: Grant; readonly assignment: RoleAssignment }[];

  constructor(
    scope: Construct,
    id: string,
    grants: readonly Grant[],
    principals: ReadonlyMap<Principal, PrincipalRef>,
    scopes: ReadonlyMap<Scope, string>,
  ) {
    super(scope, id);
    this.#made = grants.map((grant) => {
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
      return { grant, assignment };
    });
  }

  /** The assignments of some grants, for what cannot be made before its permissions are there. */
  of(wanted: (grant: Grant) => boolean): RoleAssignment[] {
    return this.#made.flatMap(({ grant, assignment }) => (wanted(grant) ? [assignment] : []));
  }

  /** The same, for what is refused at once by whoever does not believe them yet. */
  believed(id: string, wanted: (grant: Grant) => boolean): Wait {
    return new Wait(this, id, { after: this.of(wanted), duration: believedAfter });
  }
}

const idOf = ({ principal, role, scope }: Grant) =>
  [principal, role, scope].join("--").replaceAll(/[: ]/g, "-").toLowerCase();

function found<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new RangeError(`The table of grants names ${key}, but no construct has made it.`);
  return value;
}
