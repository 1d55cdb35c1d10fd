import { beforeEach, describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory-store.ts";
import { testArrival } from "../testing/test-queue.ts";
import type { Consumer } from "./dispatcher.ts";
import { deleteIdle } from "./idle.ts";
import { LiveEntities, type LiveEntity } from "./live-entities.ts";
import { LocalNamespace } from "./local-namespace.ts";
import { accept } from "./routing.ts";

const minuteMs = 60_000;
const start = 1_000_000;

let now: number;
let entities: LiveEntities;
let namespace: LocalNamespace;

beforeEach(() => {
  now = start;
  entities = new LiveEntities();
  namespace = new LocalNamespace("test", { entities, store: createMemoryStore(), wake: () => {} }, () => now);
});

function entity(path: string): LiveEntity {
  const found = entities.get(path);
  if (!found) throw new Error(`There is no '${path}'.`);
  return found;
}

/** Time goes by in steps of a minute, as the broker's sweep sees it. */
function minutesPass(minutes: number): void {
  for (const end = now + minutes * minuteMs; now < end; ) {
    now += minuteMs;
    deleteIdle(namespace, entities, start, now);
  }
}

const names = () => [...entities.values()].map(({ path }) => path);

/** Somebody who is attached and takes nothing. */
const attached: Consumer = {
  session: undefined,
  deletes: false,
  credit: () => 0,
  deliverLocked: () => {},
  deliverTaken: () => {},
  fed: () => {},
  detach: () => {},
};

describe("An entity that is to be deleted when idle", () => {
  test("is there until its time is over, and gone then, with what is in it", async () => {
    await namespace.createQueue({ name: "kept" });
    await namespace.createQueue({ name: "brief", autoDeleteOnIdle: "PT5M" });
    accept(entity("brief"), testArrival("a"), now);
    minutesPass(4);
    expect(names()).toEqual(["kept", "brief"]);
    minutesPass(1);
    expect(names()).toEqual(["kept"]);
  });

  test("stays while it is sent to", async () => {
    await namespace.createQueue({ name: "q", autoDeleteOnIdle: "PT5M" });
    for (let round = 0; round < 3; round++) {
      minutesPass(4);
      accept(entity("q"), testArrival(`${round}`), now);
    }
    expect(names()).toEqual(["q"]);
    minutesPass(5);
    expect(names()).toEqual([]);
  });

  test("stays while somebody is attached to receive, and for its time after", async () => {
    await namespace.createQueue({ name: "q", autoDeleteOnIdle: "PT5M" });
    const queue = entity("q");
    if (queue.kind !== "queue") throw new Error("It should be a queue.");
    queue.parts.deadLetters.add(attached);
    minutesPass(20);
    queue.parts.deadLetters.remove(attached);
    minutesPass(4);
    expect(names()).toEqual(["q"]);
    minutesPass(1);
    expect(names()).toEqual([]);
  });

  test("stays while a message is scheduled, and when it has just been changed", async () => {
    await namespace.createQueue({ name: "scheduled", autoDeleteOnIdle: "PT5M" });
    await namespace.createQueue({ name: "changed", autoDeleteOnIdle: "PT5M" });
    accept(entity("scheduled"), { ...testArrival("a"), scheduledFor: now + 60 * minuteMs }, now);
    minutesPass(4);
    await namespace.updateQueue({ name: "changed", autoDeleteOnIdle: "PT6M" });
    minutesPass(5);
    expect(names()).toEqual(["scheduled", "changed"]);
    minutesPass(1);
    expect(names()).toEqual(["scheduled"]);
  });

  test("goes with its subscriptions where it is a topic, unless one of them is received from", async () => {
    for (const name of ["idle", "used"]) {
      await namespace.createTopic({ name, autoDeleteOnIdle: "PT5M" });
      await namespace.createSubscription({ topicName: name, subscriptionName: "s", autoDeleteOnIdle: "PT5M" });
      await namespace.createSubscription({ topicName: name, subscriptionName: "other", autoDeleteOnIdle: "PT5M" });
    }
    const subscription = namespaceSubscription("used", "s");
    subscription.parts.main.add(attached);
    minutesPass(5);
    expect(namespace.listTopics().map(({ description }) => description.name)).toEqual(["used"]);
    expect(namespace.listSubscriptions("used").map(({ description }) => description.subscriptionName)).toEqual(["s"]);
  });

  test("is not held to have been idle while the namespace was not there", async () => {
    await namespace.createQueue({ name: "q", autoDeleteOnIdle: "PT5M" });
    now += 60 * minuteMs;
    deleteIdle(namespace, entities, now - minuteMs, now);
    expect(names()).toEqual(["q"]);
  });
});

function namespaceSubscription(topic: string, name: string) {
  for (const found of entities.values()) {
    if (found.kind !== "subscription") continue;
    const { topicName, subscriptionName } = found.description;
    if (topicName === topic && subscriptionName === name) return found;
  }
  throw new Error(`There is no subscription '${name}' of '${topic}'.`);
}
