import { type AnyContract, type Envelope, messageFailed } from "@ratchet/contracts";
import type { Stack } from "./stack.ts";

/** What has been said of one model, as far as the observer has read. An event that was said twice is one event. */
interface ModelEvents {
  count(contract: AnyContract): number;
  /** Why messages about the model, or its files, have failed. */
  readonly failures: readonly string[];
}

export function eventsOf({ observer }: Stack, model: string): ModelEvents {
  const isAbout = ({ data }: Envelope) => (data as { readonly model?: string }).model === model;
  return {
    count: (contract) =>
      new Set(
        observer
          .all(contract)
          .filter(isAbout)
          .map(({ id }) => id),
      ).size,
    failures: observer
      .all(messageFailed)
      .filter(({ data }) => data.messageSubject.split("/").includes(model))
      .map(({ data }) => data.error.message),
  };
}
