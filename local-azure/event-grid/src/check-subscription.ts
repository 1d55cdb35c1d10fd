import { EventGridError } from "./errors.ts";
import type { EventSubscription } from "./subscription.ts";

/** Azure's limits. */
const mostAdvancedFilters = 25;
const mostAttributes = 10;

/** @throws {EventGridError} when a field is not what it may be. */
export function checkSubscription(subscription: EventSubscription): void {
  const refuse = (field: string, demand: string): never => {
    throw new EventGridError(`Event subscription "${subscription.name}": ${field} ${demand}`);
  };
  if (!/^[A-Za-z0-9-]{3,64}$/.test(subscription.name)) {
    refuse("name", "must be 3 to 64 letters, digits and hyphens.");
  }
  const { maxDeliveryAttempts = 30, eventTimeToLiveInMinutes = 1440 } = subscription.retryPolicy ?? {};
  if (!isWholeWithin(maxDeliveryAttempts, 1, 30)) refuse("retryPolicy.maxDeliveryAttempts", "must be 1 to 30.");
  if (!isWholeWithin(eventTimeToLiveInMinutes, 1, 1440)) {
    refuse("retryPolicy.eventTimeToLiveInMinutes", "must be 1 to 1440.");
  }
  const { destination, filter } = subscription;
  if ((filter?.advancedFilters ?? []).length > mostAdvancedFilters) {
    refuse("filter.advancedFilters", `must be at most ${mostAdvancedFilters}.`);
  }
  if ((destination.deliveryAttributeMappings ?? []).length > mostAttributes) {
    refuse("destination.deliveryAttributeMappings", `must be at most ${mostAttributes}.`);
  }
  if (destination.endpointType === "WebHook" && !/^https?:$/.test(protocolOf(destination.endpointUrl))) {
    refuse("destination.endpointUrl", "must be an https address (or http, on this machine).");
  }
  if (destination.endpointType !== "WebHook" && destination.entity === "") {
    refuse("destination.entity", "must be the name of a queue or topic.");
  }
}

function protocolOf(address: string): string {
  return URL.parse(address)?.protocol ?? "";
}

function isWholeWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
