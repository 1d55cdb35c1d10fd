import { type BuiltInRole, roleOf } from "./built-in-roles.ts";

/** A role that somebody has on a resource and all that is below it. */
export interface RoleAssignment {
  /** The object id of the identity: `oid` in its tokens. */
  readonly principalId: string;
  /** Name or id of a built-in role. */
  readonly role: string;
  /** Id of a subscription, a resource group or a resource. */
  readonly scope: string;
  /** In words, for people. */
  readonly description?: string;
  /** From when it is believed, in milliseconds since 1970; always, unless said. */
  readonly believedFrom?: number;
}

/** Resources are made, changed and deleted in the control plane; what is in them is read and written in the data plane. */
export type Plane = "control" | "data";

/** What an operation needs: one of Azure's published actions, on a resource. */
export interface Permission {
  readonly plane: Plane;
  /** e.g. `Microsoft.Web/sites/slots/slotsswap/action` */
  readonly action: string;
  /** The id of the resource. */
  readonly scope: string;
}

/** How a server learns who asks, and whether they may. */
export interface AccessControl {
  /** Who has the token (`oid`, the object id); throws to refuse it, with the reason. */
  readonly verifyToken: (token: string) => { readonly oid: string };
  /** Throws for what a principal may not do; without it, who has a token may do everything. */
  readonly require?: Authorization["require"];
}

/** No role assignment allows it. In the words of Azure Resource Manager, which name the missing action. */
export class MissingPermissionError extends Error {
  override readonly name = "MissingPermissionError";
  readonly principalId: string;
  readonly permission: Permission;

  constructor(principalId: string, name: string, permission: Permission) {
    super(
      `The client '${name}' with object id '${principalId}' does not have authorization to perform action ` +
        `'${permission.action}' over scope '${permission.scope}' or the scope is invalid. ` +
        "If access was recently granted, please refresh your credentials.",
    );
    this.principalId = principalId;
    this.permission = permission;
  }
}

export interface AuthorizationOptions {
  readonly assignments?: readonly RoleAssignment[];
  /** What people call the principals, by their object ids: for the words of refusals. */
  readonly names?: Readonly<Record<string, string>>;
  /** For so long an assignment that is made later is not believed, as on Azure for some minutes; 0 unless said. */
  readonly believedAfterMs?: number;
  /** Told when what is assigned has changed. */
  readonly onChange?: () => void;
  /** Told of each refusal. */
  readonly onRefusal?: (refusal: MissingPermissionError) => void;
  readonly now?: () => number;
}

/** Who may do what where. */
export interface Authorization {
  may(principalId: string, permission: Permission): boolean;
  /** @throws {MissingPermissionError} when no role that the principal has allows it. */
  require(principalId: string, permission: Permission): void;
  /**
   * Makes an assignment; one that is there already stays as it is.
   * @throws {UnknownRoleError} when the role is not known here.
   */
  assign(assignment: RoleAssignment): void;
  /** What is assigned, whether it is believed yet or not. */
  readonly assignments: readonly RoleAssignment[];
}

interface Assigned {
  readonly assignment: RoleAssignment;
  readonly role: BuiltInRole;
}

/**
 * Role assignments, looked up as Azure does: a role counts on its scope and everything below it, an action of the role
 * may have `*` for any text, and what its `notActions` take out is out.
 * Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions
 * @throws {UnknownRoleError} when one of the roles is not known here.
 */
export function createAuthorization(options: AuthorizationOptions = {}): Authorization {
  const { believedAfterMs = 0, onChange, onRefusal, now = Date.now } = options;
  const byPrincipal = new Map<string, Assigned[]>();
  const names = new Map(Object.entries(options.names ?? {}));
  const of = (principalId: string): readonly Assigned[] => byPrincipal.get(principalId.toLowerCase()) ?? [];

  const add = (assignment: RoleAssignment): void => {
    const before = of(assignment.principalId);
    if (before.some((one) => isSame(one.assignment, assignment))) return;
    const role = roleOf(assignment.role);
    byPrincipal.set(assignment.principalId.toLowerCase(), [...before, { assignment, role }]);
  };
  for (const assignment of options.assignments ?? []) add(assignment);

  const may = (principalId: string, permission: Permission): boolean =>
    of(principalId).some(
      ({ assignment, role }) =>
        (assignment.believedFrom ?? 0) <= now() &&
        isWithin(permission.scope, assignment.scope) &&
        allows(role, permission),
    );
  return {
    may,
    require(principalId, permission) {
      if (may(principalId, permission)) return;
      const refusal = new MissingPermissionError(principalId, names.get(principalId) ?? principalId, permission);
      onRefusal?.(refusal);
      throw refusal;
    },
    assign(assignment) {
      add({ ...assignment, believedFrom: now() + believedAfterMs });
      onChange?.();
    },
    get assignments() {
      return [...byPrincipal.values()].flatMap((all) => all.map(({ assignment }) => assignment));
    },
  };
}

function isSame(one: RoleAssignment, other: RoleAssignment): boolean {
  return roleOf(one.role) === roleOf(other.role) && trimmed(one.scope) === trimmed(other.scope);
}

/** Ids are compared without regard to case. */
function isWithin(resource: string, scope: string): boolean {
  const [inner, outer] = [trimmed(resource), trimmed(scope)];
  return inner === outer || inner.startsWith(`${outer}/`);
}

const trimmed = (id: string): string => id.toLowerCase().replace(/\/+$/, "");

function allows(role: BuiltInRole, { plane, action }: Permission): boolean {
  if (plane === "data") return role.dataActions.some((pattern) => matches(pattern, action));
  return (
    role.actions.some((pattern) => matches(pattern, action)) &&
    !role.notActions.some((pattern) => matches(pattern, action))
  );
}

const patterns = new Map<string, RegExp>();

function matches(pattern: string, action: string): boolean {
  let compiled = patterns.get(pattern);
  if (!compiled) {
    const parts = pattern.split("*").map((part) => part.replace(/[.]/g, "\\."));
    compiled = new RegExp(`^${parts.join(".*")}$`, "i");
    patterns.set(pattern, compiled);
  }
  return compiled.test(action);
}
