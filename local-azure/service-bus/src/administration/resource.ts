import type { Entry } from "./atom.ts";
import type { EntryContent } from "./xml-reader.ts";

/** What stands at one address of the administration plane. */
export type Resource = Item | Collection;

export interface Item {
  readonly kind: "item";
  /** Undefined where it is not there but its parent is: the service answers with an empty feed. */
  readonly find: () => Entry | undefined;
  readonly create?: (content: EntryContent) => Promise<void>;
  readonly update?: (content: EntryContent) => Promise<void>;
  readonly remove?: () => Promise<void>;
}

export interface Collection {
  readonly kind: "collection";
  readonly list: () => readonly Entry[];
}
