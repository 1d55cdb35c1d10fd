import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";

/** Requests of one kind that a service has made. */
export interface RequestCount {
  readonly service: string;
  readonly target: "storage" | "topic";
  /** read, write, list, look (at the properties), copy, delete, block, blocklist; publish for events. */
  readonly operation: string;
  readonly container: string;
  /** The status of the answer. */
  readonly status: number;
  readonly count: number;
  /** Bytes of the bodies, without heads and TLS. */
  readonly sent: number;
  readonly received: number;
}

/** What the processes of all services have counted since they started. A process that has ended says nothing any more. */
export async function readRequests(socketFolder: string): Promise<readonly RequestCount[]> {
  const names = (await readdir(socketFolder)).filter((name) => name.endsWith(".sock"));
  const all = await Promise.all(
    names.map((name) => (json(connect(join(socketFolder, name))) as Promise<RequestCount[]>).catch(() => [])),
  );
  return all.flat();
}

const keyOf = ({ service, target, operation, container, status }: RequestCount): string =>
  [service, target, operation, container, status].join(" ");

/** What came in between two readings. */
export function requestsBetween(
  before: readonly RequestCount[],
  after: readonly RequestCount[],
): readonly RequestCount[] {
  const known = new Map(before.map((count) => [keyOf(count), count]));
  return after.flatMap((count) => {
    const { count: earlier = 0, sent = 0, received = 0 } = known.get(keyOf(count)) ?? {};
    const more = count.count - earlier;
    return more === 0 ? [] : [{ ...count, count: more, sent: count.sent - sent, received: count.received - received }];
  });
}

/** Of some requests, how many there were and what went over the wire. */
export interface RequestSum {
  readonly count: number;
  readonly sent: number;
  readonly received: number;
}

export const sumOf = (
  counts: readonly RequestCount[],
  fits: (count: RequestCount) => boolean = () => true,
): RequestSum =>
  counts.filter(fits).reduce(
    (sum, { count, sent, received }) => ({
      count: sum.count + count,
      sent: sum.sent + sent,
      received: sum.received + received,
    }),
    { count: 0, sent: 0, received: 0 },
  );
