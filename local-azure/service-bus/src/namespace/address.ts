/** The parts of an entity from which one can receive. */
export type Part = "main" | "deadLetters" | "transferDeadLetters";

/** An entity's name as a client writes it, in the parts that matter. */
export interface Address {
  /** `queue`, `topic` or `topic/subscriptions/subscription`, in lower case: names are compared without case. */
  readonly key: string;
  readonly part: Part;
}

const suffixes: readonly (readonly [string, Part])[] = [
  ["/$transfer/$deadletterqueue", "transferDeadLetters"],
  ["/$deadletterqueue", "deadLetters"],
];

/** Takes an address of a link apart: `orders`, `/orders/$DeadLetterQueue`, `sb://host/topic/Subscriptions/all`. */
export function parseAddress(text: string): Address {
  const path = text
    .toLowerCase()
    .replace(/^[a-z]+:\/\/[^/]*/, "")
    .replace(/^\/+|\/+$/g, "");
  for (const [suffix, part] of suffixes) {
    if (path.endsWith(suffix)) return { key: path.slice(0, -suffix.length), part };
  }
  return { key: path, part: "main" };
}

export function subscriptionKey(topicName: string, subscriptionName: string): string {
  return `${topicName}/subscriptions/${subscriptionName}`.toLowerCase();
}

/** The name of a subscription as the service writes it. */
export function subscriptionPath(topicName: string, subscriptionName: string): string {
  return `${topicName}/Subscriptions/${subscriptionName}`;
}
