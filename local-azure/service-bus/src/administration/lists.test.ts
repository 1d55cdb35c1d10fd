import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administered, startAdministered } from "../testing/administered.ts";

const names = Array.from({ length: 7 }, (_, index) => `list-${index}`);

let bus: Administered;
beforeAll(async () => {
  bus = await startAdministered();
  for (const name of names) {
    await bus.client.createQueue(name);
    await bus.client.createTopic(`topic-${name}`);
    await bus.client.createSubscription("topic-list-0", name);
    await bus.client.createRule("topic-list-0", "list-0", name, { sqlExpression: "1=1" });
  }
});
afterAll(() => bus.close());

const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe("a list", () => {
  test("holds all queues in the order of their names", async () => {
    expect((await all(bus.client.listQueues())).map(({ name }) => name)).toEqual(names);
    expect((await all(bus.client.listQueuesRuntimeProperties())).map(({ name }) => name)).toEqual(names);
  });

  test("holds all topics", async () => {
    expect((await all(bus.client.listTopics())).map(({ name }) => name)).toEqual(names.map((name) => `topic-${name}`));
    expect(await all(bus.client.listTopicsRuntimeProperties())).toMatchObject([
      { subscriptionCount: 7 },
      ...names.slice(1).map(() => ({ subscriptionCount: 0 })),
    ]);
  });

  test("holds the subscriptions of one topic", async () => {
    const subscriptions = await all(bus.client.listSubscriptions("topic-list-0"));
    expect(subscriptions.map(({ topicName, subscriptionName }) => `${topicName}/${subscriptionName}`)).toEqual(
      names.map((name) => `topic-list-0/${name}`),
    );
    expect(await all(bus.client.listSubscriptionsRuntimeProperties("topic-list-0"))).toHaveLength(7);
    expect(await all(bus.client.listSubscriptions("topic-list-1"))).toEqual([]);
  });

  test("holds the rules of one subscription, its default one first of all", async () => {
    const rules = await all(bus.client.listRules("topic-list-0", "list-0"));
    expect(rules.map(({ name }) => name)).toEqual(["$Default", ...names]);
    expect(await all(bus.client.listRules("topic-list-0", "list-1"))).toMatchObject([{ name: "$Default" }]);
  });

  test("comes in pages of the size that is asked for, and goes on from a continuation token", async () => {
    const pages = await all(bus.client.listQueues().byPage({ maxPageSize: 3 }));
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([
      names.slice(0, 3),
      names.slice(3, 6),
      names.slice(6),
    ]);
    const rest = await all(bus.client.listQueues().byPage({ maxPageSize: 3, continuationToken: "5" }));
    expect(rest.flat().map(({ name }) => name)).toEqual(names.slice(5));
  });

  test("of the children of what is not there is not found", async () => {
    await expect(all(bus.client.listSubscriptions("nowhere"))).rejects.toMatchObject({ statusCode: 404 });
    await expect(all(bus.client.listRules("topic-list-0", "nowhere"))).rejects.toMatchObject({ statusCode: 404 });
  });

  test("refuses a page that is no number", async () => {
    expect(await bus.request("$Resources/Queues?$skip=many")).toMatchObject({
      status: 400,
      body: expect.stringContaining("$skip needs a whole number"),
    });
  });
});
