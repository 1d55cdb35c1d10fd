export { type LocalAzure, type LocalAzureOptions, type Part, startLocalAzure } from "./local-azure.ts";
export type { Addresses, Topology } from "./topology.ts";
