export { type AppService, PublishError, UnknownAppError } from "./gateways/app-service.ts";
export type { InferenceApp } from "./gateways/inference-app.ts";
export { register } from "./register.ts";
