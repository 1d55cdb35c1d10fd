import type { FunctionInfo } from "./function-info.ts";
import type { HostOptions } from "./host.ts";
import type { LogRecord } from "./log.ts";

/** What the parent says to an app's process. */
export type ToChild =
  | {
      readonly kind: "start";
      readonly options: Omit<HostOptions, "writeLog" | "onUnhealthy" | "environment">;
      readonly ca?: string;
    }
  | { readonly kind: "drain"; readonly limitMs: number };

/** What an app's process says to its parent. */
export type FromChild =
  | { readonly kind: "ready"; readonly port: number; readonly functions: readonly FunctionInfo[] }
  | { readonly kind: "failed"; readonly errorName: string; readonly message: string }
  | { readonly kind: "unhealthy"; readonly message: string }
  | { readonly kind: "logs"; readonly records: readonly LogRecord[] };
