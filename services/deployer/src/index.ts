export { defaultLimits } from "./deployment/limits.ts";
export { type AppService, PublishError, type PublishState, UnknownAppError } from "./gateways/app-service.ts";
export type { InferenceApp, Predictions, Readiness, Serving } from "./gateways/inference-app.ts";
export { register } from "./register.ts";
