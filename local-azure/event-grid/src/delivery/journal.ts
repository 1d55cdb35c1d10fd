import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { CloudEvent } from "../cloud-event.ts";
import type { EventSubscription } from "../subscription.ts";
import type { Delivery, Fate } from "./delivery.ts";

/** What an accepted event is owed: deliveries not yet made, and the subscriptions that were registered at run time. */
export interface Journal {
  /** Writes all or none, and gives each delivery its id. */
  add(deliveries: readonly Omit<Delivery, "id">[]): readonly Delivery[];
  update(delivery: Delivery): void;
  remove(delivery: Pick<Delivery, "id">): void;
  pending(): readonly Delivery[];
  saveSubscription(topic: string, subscription: EventSubscription): void;
  /** Takes with it what was still to be delivered. */
  deleteSubscription(topic: string, name: string): void;
  subscriptions(): readonly { readonly topic: string; readonly subscription: EventSubscription }[];
  close(): void;
}

/** Opens the journal in `folder`, or one in memory that ends with the process. */
export function openJournal(folder?: string): Journal {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(folder === undefined ? ":memory:" : join(folder, "event-grid.db"));
  // NORMAL with a write-ahead log outlives the end of the process at any moment, though not a failure of power.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS deliveries (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      topic TEXT NOT NULL,
      subscription TEXT NOT NULL,
      event TEXT NOT NULL,
      published_at INTEGER NOT NULL,
      output_event_id TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      next_attempt_at INTEGER NOT NULL,
      fate TEXT
    );
    CREATE TABLE IF NOT EXISTS subscriptions (
      topic TEXT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (topic, name)
    );
  `);
  const insert = database.prepare(
    `INSERT INTO deliveries (topic, subscription, event, published_at, output_event_id, attempts, next_attempt_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare("UPDATE deliveries SET attempts = ?, next_attempt_at = ?, fate = ? WHERE id = ?");
  const remove = database.prepare("DELETE FROM deliveries WHERE id = ?");
  const pending = database.prepare("SELECT * FROM deliveries ORDER BY id");
  const save = database.prepare("INSERT OR REPLACE INTO subscriptions (topic, name, body) VALUES (?, ?, ?)");
  const forget = database.prepare("DELETE FROM subscriptions WHERE topic = ? AND name = ?");
  const forgetDeliveries = database.prepare("DELETE FROM deliveries WHERE topic = ? AND subscription = ?");
  const subscriptions = database.prepare("SELECT topic, body FROM subscriptions ORDER BY topic, name");

  return {
    add(deliveries) {
      database.exec("BEGIN");
      try {
        const added = deliveries.map((delivery) => {
          const { topic, subscription, event, publishedAt, outputEventId, attempts, nextAttemptAt } = delivery;
          const times = [publishedAt.getTime(), outputEventId, attempts, nextAttemptAt.getTime()] as const;
          const { lastInsertRowid } = insert.run(topic, subscription, JSON.stringify(event), ...times);
          return { ...delivery, id: Number(lastInsertRowid) };
        });
        database.exec("COMMIT");
        return added;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    update({ id, attempts, nextAttemptAt, fate }) {
      update.run(attempts, nextAttemptAt.getTime(), fate === undefined ? null : JSON.stringify(fate), id);
    },
    remove: ({ id }) => void remove.run(id),
    pending: () => pending.all().map(deliveryOf),
    saveSubscription: (topic, subscription) => void save.run(topic, subscription.name, JSON.stringify(subscription)),
    deleteSubscription(topic, name) {
      forget.run(topic, name);
      forgetDeliveries.run(topic, name);
    },
    subscriptions: () =>
      subscriptions.all().map(({ topic, body }) => ({
        topic: String(topic),
        subscription: JSON.parse(String(body)) as EventSubscription,
      })),
    close: () => database.close(),
  };
}

function deliveryOf(row: Readonly<Record<string, unknown>>): Delivery {
  const fate = row["fate"] === null ? undefined : (JSON.parse(String(row["fate"])) as Fate);
  return {
    id: Number(row["id"]),
    topic: String(row["topic"]),
    subscription: String(row["subscription"]),
    event: JSON.parse(String(row["event"])) as CloudEvent,
    publishedAt: new Date(Number(row["published_at"])),
    outputEventId: String(row["output_event_id"]),
    attempts: Number(row["attempts"]),
    nextAttemptAt: new Date(Number(row["next_attempt_at"])),
    ...(fate && { fate }),
  };
}
