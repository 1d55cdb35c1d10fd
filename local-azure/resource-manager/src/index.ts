export {
  createRoleAssignmentProvider,
  keptAssignments,
  type RoleAssignmentResource,
} from "./authorization/role-assignments.ts";
export { ArmError, type ArmErrorBody, badRequest, errorResponse, resourceNotFound } from "./errors.ts";
export { pageOf } from "./paging.ts";
export type { AcceptedResponse, ArmRequest, ArmResponse, ResourceProvider } from "./provider.ts";
export { openResourceStore, type Page, type ResourceStore, type StoredResource } from "./resource-store.ts";
export { dispatch, type Route, route } from "./routes.ts";
export {
  type AnsweredRequest,
  type ResourceManager,
  type ResourceManagerOptions,
  startResourceManager,
} from "./server.ts";
