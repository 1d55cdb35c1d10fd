import type { AppService } from "./gateways/app-service.ts";
import type { InferenceApp } from "./gateways/inference-app.ts";
import type { Patience } from "./production/patience.ts";
import type { Stores } from "./stores.ts";

/** What the deployer works with. */
export interface Deployer {
  readonly stores: Stores;
  readonly appService: AppService;
  readonly inferenceApp: InferenceApp;
  readonly patience: Patience;
}
