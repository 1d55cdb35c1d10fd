export { FunctionAppStartError, FunctionBindingError, FunctionTimeoutError, HostConfigurationError } from "./errors.ts";
export { type FunctionApp, type FunctionAppExit, type FunctionAppOptions, startFunctionApp } from "./function-app.ts";
export type { FunctionInfo } from "./function-info.ts";
export { type Host, type HostOptions, runHost } from "./host.ts";
export { createHostKeys, type HostKeys } from "./http/keys.ts";
export type { TlsMaterial } from "./http/server.ts";
export type { LogLevel, LogRecord } from "./log.ts";
