import type { Occasion, Outbox } from "@ratchet/messaging";
import type { Stores } from "./stores.ts";

/** What the data-watcher's handlers work with. */
export interface Watcher {
  readonly stores: Stores;
  /** Speaks on an occasion that is no message, or that is more than one. */
  readonly outbox: (occasion: Occasion) => Outbox;
}
