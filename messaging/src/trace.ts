import { randomBytes } from "node:crypto";
import { digest } from "@ratchet/contracts";

/** A traceparent for a message that carries none. It follows from the message's id: delivered twice, it is one trace. */
export const traceOf = (messageId: string): string => {
  const hash = digest(messageId);
  return `00-${hash.slice(0, 32)}-${hash.slice(32, 48)}-01`;
};

/** The same trace, a span of its own (W3C Trace Context). */
export function childOf(traceparent: string): string {
  const [version, trace, , flags] = traceparent.split("-");
  return `${version}-${trace}-${randomBytes(8).toString("hex")}-${flags}`;
}
