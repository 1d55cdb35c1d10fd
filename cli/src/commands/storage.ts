import { type ContainerName, containers } from "@ratchet/contracts";
import { atATime } from "@ratchet/state";
import type { Deployment } from "../deployment.ts";
import { kindOf } from "../storage/kind-of.ts";

/** What is kept of a kind. */
interface KeptKind {
  readonly container: ContainerName;
  readonly kind: string;
  readonly blobs: number;
  readonly bytes: number;
  /** When the oldest was written, and the newest; ISO 8601, UTC. */
  readonly oldest: string;
  readonly newest: string;
}

/** What is kept, and what it costs. */
export interface Kept {
  /** Undefined where it is of all. */
  readonly model?: string | undefined;
  readonly kinds: readonly KeptKind[];
  readonly blobs: number;
  readonly bytes: number;
  /** US dollars a month, at the price that was given. */
  readonly monthly: number;
}

/** US dollars for a GB and month in the hot tier, without operations: as in docs/deploy.md, rounded. */
const usualPrice = 0.02;

const gigabyte = 1e9;

const containersAtATime = 4;

/** As it is counted: times in milliseconds since 1970. */
interface Counted {
  readonly blobs: number;
  readonly bytes: number;
  readonly oldest: number;
  readonly newest: number;
}

async function keptIn(
  deployment: Deployment,
  container: ContainerName,
  model: string | undefined,
): Promise<readonly KeptKind[]> {
  const kinds = new Map<string, Counted>();
  for await (const { name, properties } of deployment.container(container).listBlobsFlat()) {
    const { kind, model: whose } = kindOf(container, name);
    if (model !== undefined && whose !== model) continue;
    const at = properties.lastModified.getTime();
    const { blobs, bytes, oldest, newest } = kinds.get(kind) ?? { blobs: 0, bytes: 0, oldest: at, newest: at };
    kinds.set(kind, {
      blobs: blobs + 1,
      bytes: bytes + (properties.contentLength ?? 0),
      oldest: Math.min(at, oldest),
      newest: Math.max(at, newest),
    });
  }
  return [...kinds].map(([kind, { oldest, newest, ...sums }]) => ({
    container,
    kind,
    ...sums,
    oldest: new Date(oldest).toISOString(),
    newest: new Date(newest).toISOString(),
  }));
}

/**
 * What is kept in storage, by kind. It lists every blob there is.
 * @param model only what is this model's alone.
 * @param price US dollars for a GB and month.
 */
export async function keptStorage(
  deployment: Deployment,
  { model, price = usualPrice }: { readonly model?: string | undefined; readonly price?: number | undefined } = {},
): Promise<Kept> {
  const names = Object.keys(containers) as ContainerName[];
  const found = await atATime(containersAtATime, names, (name) => keptIn(deployment, name, model));
  const kinds = found.flat();
  const bytes = kinds.reduce((sum, one) => sum + one.bytes, 0);
  const blobs = kinds.reduce((sum, one) => sum + one.blobs, 0);
  return { model, kinds, blobs, bytes, monthly: (bytes / gigabyte) * price };
}
