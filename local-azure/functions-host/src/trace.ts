import { randomFillSync } from "node:crypto";
import type { TraceContext } from "./worker/core-types.ts";

const traceParentPattern = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/**
 * The trace context of an invocation: a new span of the caller's trace, or of a new trace if the
 * caller sent none. As on Azure, the id that the handler sees is the host's own span, whose
 * trace id is the caller's.
 */
export function invocationTrace(traceParent?: string, traceState = ""): TraceContext {
  const caller = traceParent === undefined ? null : traceParentPattern.exec(traceParent);
  const traceId = caller?.[1] ?? randomHex(16);
  const flags = caller?.[2] ?? "01";
  return {
    traceParent: `00-${traceId}-${randomHex(8)}-${flags}`,
    traceState: caller ? traceState : "",
    attributes: {},
  };
}

// Random bytes are drawn in blocks: one call into the generator for some hundred spans.
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used);
}
