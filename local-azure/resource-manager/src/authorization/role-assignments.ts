import { type Authorization, type RoleAssignment, roleOf, UnknownRoleError } from "@local-azure/authorization";
import { ArmError, badRequest, resourceNotFound } from "../errors.ts";
import type { ArmRequest, ResourceProvider } from "../provider.ts";
import type { ResourceStore } from "../resource-store.ts";
import { dispatch, route } from "../routes.ts";

const namespace = "Microsoft.Authorization";

/** A role assignment as Resource Manager shows it. */
export interface RoleAssignmentResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: {
    readonly roleDefinitionId: string;
    readonly principalId: string;
    readonly scope: string;
    readonly description?: string;
  };
}

/**
 * `Microsoft.Authorization`: role assignments on whatever resource, made and read.
 */
export function createRoleAssignmentProvider(
  authorization: Pick<Authorization, "assign">,
  store: ResourceStore<RoleAssignmentResource>,
): ResourceProvider {
  const routes = [
    route("GET", "roleAssignments/{name}", (request, { name }) => {
      const found = store.get(idOf(request, name));
      if (!found) throw resourceNotFound(request);
      return { status: 200, body: found };
    }),
    route("PUT", "roleAssignments/{name}", (request, { name }) => {
      const wanted = read(request, name);
      const before = store.get(wanted.id);
      if (before && !isSame(before, wanted)) {
        throw new ArmError(409, "RoleAssignmentExists", "A role assignment of this name is there, for something else.");
      }
      authorization.assign(assignmentOf(wanted));
      store.put(wanted);
      return { status: before ? 200 : 201, body: wanted };
    }),
  ];
  return { namespace, handle: (request) => dispatch(routes, request) };
}

/** The assignments that a store has kept of earlier runs. */
export const keptAssignments = (store: ResourceStore<RoleAssignmentResource>): readonly RoleAssignment[] =>
  store.all().map(assignmentOf);

const assignmentOf = ({ properties }: RoleAssignmentResource): RoleAssignment => ({
  ...properties,
  role: properties.roleDefinitionId,
});

function idOf({ scope }: ArmRequest, name: string): string {
  return `${scope}/providers/${namespace}/roleAssignments/${name}`;
}

function read(request: ArmRequest, name: string): RoleAssignmentResource {
  const { properties = {} } = (request.body ?? {}) as { readonly properties?: Readonly<Record<string, unknown>> };
  const { roleDefinitionId, principalId, description } = properties;
  if (typeof roleDefinitionId !== "string") throw badRequest("properties.roleDefinitionId is missing.");
  if (typeof principalId !== "string") throw badRequest("properties.principalId is missing.");
  try {
    roleOf(roleDefinitionId);
  } catch (error) {
    if (error instanceof UnknownRoleError) throw new ArmError(404, "RoleDefinitionDoesNotExist", error.message);
    throw error;
  }
  return {
    id: idOf(request, name),
    name,
    type: `${namespace}/roleAssignments`,
    properties: {
      roleDefinitionId,
      principalId,
      scope: request.scope,
      ...(typeof description === "string" && { description }),
    },
  };
}

function isSame({ properties: one }: RoleAssignmentResource, { properties: other }: RoleAssignmentResource): boolean {
  return one.principalId === other.principalId && roleOf(one.roleDefinitionId) === roleOf(other.roleDefinitionId);
}
