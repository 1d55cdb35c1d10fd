import type { WebHookDestination } from "../subscription.ts";
import { deliveryAttributes } from "./attributes.ts";
import { type Deliver, deliveryProperties, payloadOf } from "./delivery.ts";
import type { DeliveryOutcome } from "./retry-policy.ts";

const outcomes: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  408: "TimedOut",
  413: "PayloadTooLarge",
  429: "Busy",
  503: "Busy",
};

/** Event Grid's own patience. */
const answerWithinMs = 30_000;

/** Posts an event to a webhook; 200 to 204 are success, redirects are not followed. */
export function deliverByWebHook(options: {
  readonly answerWithinMs?: number;
  readonly closing: AbortSignal;
}): Deliver {
  return async (delivery, subscription) => {
    const destination = subscription.destination as WebHookDestination;
    const { contentType, body } = payloadOf(delivery, subscription);
    try {
      const response = await fetch(destination.endpointUrl, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.any([AbortSignal.timeout(options.answerWithinMs ?? answerWithinMs), options.closing]),
        headers: {
          "content-type": contentType,
          ...deliveryAttributes(destination.deliveryAttributeMappings, delivery.event),
          ...deliveryProperties(delivery, subscription),
        },
        body,
      });
      const description = (await response.text()).slice(0, 1_000);
      const delivered = response.status >= 200 && response.status <= 204;
      const outcome = delivered ? "Success" : (outcomes[response.status] ?? "GenericError");
      return { delivered, outcome, status: response.status, description };
    } catch (error) {
      return withoutAnswer(error);
    }
  };
}

function withoutAnswer(error: unknown): DeliveryOutcome {
  if (error instanceof Error && error.name === "TimeoutError") {
    return { delivered: false, outcome: "TimedOut", description: "The endpoint did not answer in time." };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const unresolved = (cause as NodeJS.ErrnoException).code === "ENOTFOUND";
  const description = cause instanceof Error ? cause.message : String(cause);
  return { delivered: false, outcome: unresolved ? "ResolutionError" : "SocketError", description };
}
