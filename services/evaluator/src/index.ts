export type { Registry } from "./gateways/registry.ts";
export { register } from "./register.ts";
