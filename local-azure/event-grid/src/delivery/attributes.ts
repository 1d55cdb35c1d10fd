import type { CloudEvent } from "../cloud-event.ts";
import { fieldOf } from "../filters/field.ts";
import type { DeliveryAttribute } from "../subscription.ts";

/** The attributes that a subscription adds to each delivery. A field that an event does not have adds nothing. */
export function deliveryAttributes(
  mappings: readonly DeliveryAttribute[] = [],
  event: CloudEvent,
): Readonly<Record<string, string>> {
  const attributes = mappings.flatMap((mapping) => {
    const value = mapping.type === "Static" ? mapping.value : fieldOf(event, mapping.sourceField);
    if (value === undefined || value === null) return [];
    return [[mapping.name, typeof value === "string" ? value : JSON.stringify(value)] as const];
  });
  return Object.fromEntries(attributes);
}
