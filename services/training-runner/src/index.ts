export type { JobView } from "./end/conclude.ts";
export type { Workspace } from "./gateways/workspace.ts";
export { register } from "./register.ts";
