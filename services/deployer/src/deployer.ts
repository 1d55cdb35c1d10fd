import type { Occasion, Outbox } from "@ratchet/messaging";
import type { Limits } from "./deployment/limits.ts";
import type { AppService } from "./gateways/app-service.ts";
import type { InferenceApp } from "./gateways/inference-app.ts";
import type { Stores } from "./stores.ts";

/** What the deployer works with. */
export interface Deployer {
  readonly stores: Stores;
  /** Speaks on an occasion that is no message, or that is more than one. */
  readonly outbox: (occasion: Occasion) => Outbox;
  readonly appService: AppService;
  readonly inferenceApp: InferenceApp;
  readonly limits: Limits;
}
