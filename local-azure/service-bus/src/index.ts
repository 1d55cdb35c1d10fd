export type * from "./entities.ts";
export { FOREVER } from "./entities.ts";
export type { Topology } from "./topology.ts";
