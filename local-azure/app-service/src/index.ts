export { FunctionAppStartError } from "@local-azure/functions-host";
export { type AppService, type AppServiceOptions, createAppService } from "./app-service.ts";
export { type Deployment, deploymentStatus } from "./site/deployment.ts";
export type { SiteDown, SiteLogRecord, SiteSlot, Weather } from "./site/host-context.ts";
export type { SignInSettings } from "./site/sign-in.ts";
export type { SiteAddress, SlotAddress, WantedSite } from "./sites.ts";
