import type { ContainerName } from "@ratchet/contracts";

/** What a blob is, for whoever asks what storage is used for. */
export interface BlobKind {
  readonly kind: string;
  /** Whose it is; undefined for what belongs to no model alone. */
  readonly model?: string | undefined;
}

/** How blobs of a kind are known by their paths: a group is the model. */
type Known = readonly [kind: string, path: RegExp];

const marks: Known = ["marks of open processes and sweeps", /^_/];

/** In the order in which data comes: of each container the first that fits. */
const known: Readonly<Record<ContainerName, readonly Known[]>> = {
  drops: [["dropped files", /^([^/]+)\//]],
  definitions: [["applied projects", /^([^/]+)\//]],
  batches: [
    marks,
    ["records of drops", /^([^/]+)\/drops\//],
    ["admissions", /^([^/]+)\/(?:log\/|admissions\.json$)/],
    ["profiles and evidence", /^([^/]+)\/(?:[0-9a-f]{16}\/)?(?:profile|evidence)\.json$/],
    ["admitted batches", /^([^/]+)\//],
  ],
  datasets: [
    ["rows that train", /^([^/]+)\/parts\//],
    ["data sets", /^([^/]+)\//],
  ],
  indexes: [["row indexes", /^([^/]+)\//]],
  training: [marks, ["slots and runs", /^([^/]+)\//]],
  code: [["training code", /^/]],
  outputs: [["what runs write", /^(.+)-[0-9a-f]{16}\//]],
  runs: [
    ["models of runs", /^(.+)-[0-9a-f]{16}\/model\//],
    ["what runs have printed", /^(.+)-[0-9a-f]{16}\//],
  ],
  verdicts: [marks, ["verdicts and judgements", /^([^/]+)\//]],
  champions: [marks, ["deployments", /^deployments\//], ["champions", /^([^/]+)\.json$/]],
  packages: [
    ["published packages", /^by-model\/([^/]+)\//],
    ["published packages", /^/],
  ],
  releases: [["inference code", /^/]],
  ledger: [
    ["events", /^events\//],
    ["views of models", /^models\/(.+)\.json$/],
  ],
  "event-dead-letters": [["events not delivered", /^/]],
  operations: [
    ["archived letters", /^archive\//],
    ["operations and their audit", /^/],
  ],
};

/** What a blob is, by where it is. What is in nobody's place is `other`. */
export function kindOf(container: ContainerName, path: string): BlobKind {
  for (const [kind, pattern] of known[container]) {
    const found = pattern.exec(path);
    if (found) return found[1] === undefined ? { kind } : { kind, model: found[1] };
  }
  return { kind: "other" };
}
