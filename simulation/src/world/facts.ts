import {
  type ChampionPointer,
  type ContainerName,
  championPointer,
  type Envelope,
  modelPromoted,
  modelRolledBack,
  paths,
} from "@ratchet/contracts";
import type { BlobChange } from "./storage.ts";

/** A file that somebody dropped: one version of one blob. */
interface DroppedVersion {
  readonly model: string;
  readonly file: string;
  /** Unquoted. */
  readonly etag: string;
  readonly contentSha256: string;
  /** Whether it keeps the schema and has rows enough. */
  readonly good: boolean;
}

/** What was seen from the outside, in the order in which it happened. */
export interface Facts {
  readonly drops: DroppedVersion[];
  /** Every event that the topic took, once each. */
  readonly said: Envelope[];
  /** Every release that a champion pointer has named, by model. */
  readonly champions: Map<string, ChampionPointer[]>;
  /** Versions that operators forced into production, as `model/version`. */
  readonly forced: Set<string>;
  /** Digests of inference code that does not serve as it should. */
  readonly brokenCode: Set<string>;
  /** What must never be and was. */
  readonly broken: string[];
  hear(event: Envelope): void;
  see(change: BlobChange): void;
}

const champions: ContainerName = "champions";

export function createFacts(): Facts {
  const heard = new Set<string>();
  const facts: Facts = {
    drops: [],
    said: [],
    champions: new Map(),
    forced: new Set(),
    brokenCode: new Set(),
    broken: [],
    hear(event) {
      if (heard.has(event.id)) return;
      heard.add(event.id);
      facts.said.push(event);
    },
    see({ container, path, content }) {
      if (container !== champions || !content || path === paths.currentCode || path.includes("/")) return;
      const pointer = championPointer.parse(JSON.parse(content.toString("utf8")));
      const history = facts.champions.get(pointer.model) ?? [];
      const last = history.at(-1)?.champion;
      const { version, code, cause } = pointer.champion;
      if (last?.version === version && last.code === code && last.cause === cause) return;
      facts.champions.set(pointer.model, [...history, pointer]);
    },
  };
  return facts;
}

/** A promotion or rollback that was stated. */
interface Turn {
  readonly kind: "promoted" | "rolled-back";
  readonly version: string;
  readonly code: string;
  readonly cause: string;
}

/** The promotions and rollbacks of a model that were stated, in order. */
export const turnsOf = (facts: Facts, model: string): readonly Turn[] =>
  facts.said.flatMap((event): Turn[] => {
    const kind = modelPromoted.is(event) ? "promoted" : "rolled-back";
    if (!(modelPromoted.is(event) || modelRolledBack.is(event)) || event.data.model !== model) return [];
    const { version, code, cause } = event.data;
    return [{ kind, version, code, cause }];
  });
