import type { Stores } from "./stores.ts";

/** What the console's handlers work with. */
export interface Console {
  readonly stores: Stores;
}
