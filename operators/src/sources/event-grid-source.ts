import { eventSubscriptions, parseEnvelope, type QueueName } from "@ratchet/contracts";
import { atATime, type Blobs } from "@ratchet/state";
import type { Letter } from "../letters/letter.ts";
import type { LetterSource } from "./source.ts";

const readsAtATime = 16;

/** What Event Grid writes beside an event that it could not deliver, in the lower case of CloudEvents. */
const storyFields = [
  "deadletterreason",
  "deliveryattempts",
  "lastdeliveryoutcome",
  "lasthttpstatuscode",
  "publishtime",
  "lastdeliveryattempttime",
] as const;

/** The queue that a subscription fills; undefined where it is a webhook's. Its name is part of the blob's path, in capitals. */
function queueOf(path: string): QueueName | undefined {
  const parts = path.toLowerCase().split("/");
  return Object.entries(eventSubscriptions).find(([name]) => parts.includes(name))?.[1].queue;
}

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

/** An event of a blob as a letter. @param index which of the events in the blob. */
function letterIn(path: string, index: number, written: Readonly<Record<string, unknown>>): Letter {
  const story = new Map(Object.entries(written).map(([name, value]) => [name.toLowerCase(), value]));
  const body = Object.fromEntries(
    Object.entries(written).filter(([name]) => !(storyFields as readonly string[]).includes(name.toLowerCase())),
  );
  const since = text(story.get("lastdeliveryattempttime")) ?? text(written["time"]) ?? new Date(0).toISOString();
  const outcome = text(story.get("lastdeliveryoutcome"));
  const status = text(story.get("lasthttpstatuscode"));
  const attempts = text(story.get("deliveryattempts"));
  const queue = queueOf(path);
  return {
    id: `event-grid/${path}#${index}`,
    place: "event-grid",
    number: `${path}#${index}`,
    queue,
    message: text(written["id"]) ?? path,
    messageId: text(written["id"]) ?? path,
    event: envelopeIn(body),
    body,
    properties: {},
    sessionId: undefined,
    failure: undefined,
    attempts: [],
    brokerReason: text(story.get("deadletterreason")) ?? "Undelivered",
    brokerDescription: `${[outcome, status].filter(Boolean).join(" ") || "not delivered"}, ${attempts ?? "some"} attempts to reach ${queue ? `the queue ${queue}` : "a webhook"}`,
    since,
    firstFailedAt: text(story.get("publishtime")) ?? since,
    replays: 0,
  };
}

function envelopeIn(body: unknown) {
  try {
    return parseEnvelope(body);
  } catch {
    return undefined;
  }
}

interface ReadBlob {
  readonly etag: string;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

async function readEvents(blobs: Blobs, path: string): Promise<ReadBlob | undefined> {
  const stored = await blobs.read(path);
  if (!stored) return undefined;
  try {
    const read: unknown = JSON.parse(stored.content.toString("utf8"));
    return { etag: stored.etag, events: (Array.isArray(read) ? read : [read]).filter(isObject) };
  } catch {
    return { etag: stored.etag, events: [{ id: path, unreadable: stored.content.toString("utf8").slice(0, 4_096) }] };
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** What Event Grid could not deliver: blobs of events. Numbers within a blob stay as they are until all of it is done with. */
export function eventGridSource(blobs: Blobs): LetterSource {
  const lettersAt = async (path: string): Promise<readonly Letter[]> =>
    ((await readEvents(blobs, path))?.events ?? []).flatMap((event, index) =>
      event["settled"] === true ? [] : [letterIn(path, index, event)],
    );
  const list = async (): Promise<readonly Letter[]> => {
    const paths = await Array.fromAsync(blobs.list(""), ({ path }) => path);
    const letters = (await atATime(readsAtATime, paths, lettersAt)).flat();
    return letters.sort((a, b) => (a.since < b.since ? -1 : 1));
  };
  /** Marks some events of a blob as done with, and removes it with the last of them. */
  async function settle(path: string, indexes: ReadonlySet<number>): Promise<void> {
    const read = await readEvents(blobs, path);
    if (!read) return;
    const events = read.events.map((event, index) => (indexes.has(index) ? { settled: true } : event));
    if (events.every((event) => "settled" in event)) return blobs.remove(path);
    await blobs.write(path, JSON.stringify(events), { expected: read.etag, contentType: "application/json" });
  }
  return {
    list,
    take() {
      const given = new Set<string>();
      return {
        async next(wanted, most) {
          const paths = new Set([...wanted].filter((id) => !given.has(id)).map((id) => placeIn(id).path));
          const letters: Letter[] = [];
          for (const path of paths) {
            if (letters.length >= most) break;
            letters.push(...(await lettersAt(path)).filter(({ id }) => wanted.has(id) && !given.has(id)));
          }
          for (const { id } of letters) given.add(id);
          return { letters, more: letters.length > 0 };
        },
        async complete(letters) {
          const byPath = Map.groupBy(letters, ({ id }) => placeIn(id).path);
          for (const [path, of] of byPath) await settle(path, new Set(of.map(({ id }) => placeIn(id).index)));
        },
        close: async () => undefined,
      };
    },
  };
}

function placeIn(id: string): { readonly path: string; readonly index: number } {
  const [, path = "", index = "0"] = /^event-grid\/(.*)#(\d+)$/.exec(id) ?? [];
  return { path, index: Number(index) };
}
