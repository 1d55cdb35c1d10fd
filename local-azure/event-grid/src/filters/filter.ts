import type { CloudEvent } from "../cloud-event.ts";
import { type AdvancedFilter, meets } from "./advanced-filter.ts";
import { fieldOf } from "./field.ts";

/** Which events of a topic a subscription wants; all of them where nothing is said. */
export interface EventFilter {
  /** Types, compared without regard to case. */
  readonly includedEventTypes?: readonly string[];
  readonly subjectBeginsWith?: string;
  readonly subjectEndsWith?: string;
  /** Whether the two conditions on the subject regard case; they do not by default. */
  readonly isSubjectCaseSensitive?: boolean;
  /** Each must be met. */
  readonly advancedFilters?: readonly AdvancedFilter[];
  /** Whether an array meets a condition by its elements; without it, an array meets none. */
  readonly enableAdvancedFilteringOnArrays?: boolean;
}

/** Whether a subscription with this filter gets the event. */
export function matches(filter: EventFilter, event: CloudEvent): boolean {
  return isOfType(filter, event) && isAbout(filter, event) && meetsAll(filter, event);
}

function isOfType({ includedEventTypes }: EventFilter, event: CloudEvent): boolean {
  if (!includedEventTypes || includedEventTypes.length === 0) return true;
  return includedEventTypes.some((type) => type.toLowerCase() === event.type.toLowerCase());
}

function isAbout(filter: EventFilter, event: CloudEvent): boolean {
  const asCompared = (text = ""): string => (filter.isSubjectCaseSensitive ? text : text.toLowerCase());
  const subject = asCompared(event.subject);
  return (
    subject.startsWith(asCompared(filter.subjectBeginsWith)) && subject.endsWith(asCompared(filter.subjectEndsWith))
  );
}

function meetsAll(filter: EventFilter, event: CloudEvent): boolean {
  return (filter.advancedFilters ?? []).every((condition) => {
    const value = fieldOf(event, condition.key);
    if (!Array.isArray(value) || !filter.enableAdvancedFilteringOnArrays) return meets(condition, value);
    // A negative condition must hold for every element: no element may be among what is excluded.
    return isNegative(condition)
      ? value.every((element) => meets(condition, element))
      : value.some((element) => meets(condition, element));
  });
}

function isNegative({ operatorType }: AdvancedFilter): boolean {
  return operatorType.includes("Not") && operatorType !== "IsNotNull";
}
