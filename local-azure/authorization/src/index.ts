export {
  type AccessControl,
  type Authorization,
  createAuthorization,
  MissingPermissionError,
  type Permission,
  type Plane,
  type RoleAssignment,
} from "./authorization.ts";
export { type BuiltInRole, roleOf, UnknownRoleError } from "./built-in-roles.ts";
