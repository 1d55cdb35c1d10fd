export { type LocalAzure, type LocalAzureOptions, type Part, startLocalAzure } from "./local-azure.ts";
export { ServerFailedError, type ServerReport } from "./supervision/server-report.ts";
export type { Access, Addresses, Topology } from "./topology.ts";
