import { expect, test } from "vitest";
import { bodies, receiveAll, receiveOne, receiveRest } from "./receive.ts";
import { behaviours } from "./target.ts";

behaviours("Topics", (target) => {
  test("gives every subscription its own copy", async () => {
    const topic = await target.topic();
    await target.client.createSender(topic).sendMessages([{ body: 1 }, { body: 2 }]);
    const receiver = target.client.createReceiver(topic, "all");
    const messages = await receiveAll(receiver, 2);
    expect(bodies(messages)).toEqual([1, 2]);
    for (const message of messages) await receiver.completeMessage(message);
    expect(await receiver.peekMessages(1)).toEqual([]);
  });

  test("gives nothing to a subscription whose filter is false", async () => {
    const topic = await target.topic();
    await target.client.createSender(topic).sendMessages({ body: "unwanted" });
    expect(await receiveRest(target.client.createReceiver(topic, "none"))).toEqual([]);
  });

  test("selects by correlation: every property named must be equal", async () => {
    const topic = await target.topic();
    await target.client.createSender(topic).sendMessages([
      { body: "matches", subject: "red", applicationProperties: { size: "large" } },
      { body: "small", subject: "red", applicationProperties: { size: "small" } },
      { body: "blue", subject: "blue", applicationProperties: { size: "large" } },
    ]);
    const receiver = target.client.createReceiver(topic, "correlated", { receiveMode: "receiveAndDelete" });
    expect((await receiveOne(receiver)).body).toBe("matches");
    expect(await receiveRest(receiver)).toEqual([]);
  });

  test("selects by SQL and lets the rule's action change the copy", async () => {
    const topic = await target.topic();
    await target.client.createSender(topic).sendMessages([
      { body: "dear", subject: "red", applicationProperties: { price: 120, secret: "x" } },
      { body: "cheap", subject: "red", applicationProperties: { price: 20 } },
      { body: "other", subject: "green", applicationProperties: { price: 200 } },
    ]);
    const receiver = target.client.createReceiver(topic, "selected", { receiveMode: "receiveAndDelete" });
    const message = await receiveOne(receiver);
    expect(message.body).toBe("dear");
    expect(message.applicationProperties).toMatchObject({ price: 120, dear: true });
    expect(message.applicationProperties).not.toHaveProperty("secret");
    expect(await receiveRest(receiver)).toEqual([]);
  });

  test("holds scheduled messages back on the topic and takes them back from there", async () => {
    const topic = await target.topic();
    const sender = target.client.createSender(topic);
    const kept = await sender.scheduleMessages({ body: "kept" }, new Date(Date.now() + 1500));
    const cancelled = await sender.scheduleMessages({ body: "cancelled" }, new Date(Date.now() + 1500));
    await sender.cancelScheduledMessages(cancelled);
    expect(kept).toHaveLength(1);
    const receiver = target.client.createReceiver(topic, "all", { receiveMode: "receiveAndDelete" });
    expect((await receiveOne(receiver)).body).toBe("kept");
    expect(await receiveRest(receiver)).toEqual([]);
  });

  test("adds, lists and removes rules while it runs", async () => {
    const topic = await target.topic();
    const rules = target.client.createRuleManager(topic, "all");
    await rules.createRule("cheap", { sqlExpression: "price < 10" }, { sqlExpression: "SET cheap = 1" });
    await rules.createRule("red", { subject: "red", applicationProperties: { size: "large" } });
    await rules.deleteRule("$Default");
    const listed = [];
    for await (const rule of rules.listRules()) listed.push(rule);
    expect(listed).toMatchObject([
      { name: "cheap", filter: { sqlExpression: "price < 10" }, action: { sqlExpression: "SET cheap = 1" } },
      { name: "red", filter: { subject: "red", applicationProperties: { size: "large" } } },
    ]);
    await target.client.createSender(topic).sendMessages([
      { body: "dear", applicationProperties: { price: 90 } },
      { body: "cheap", applicationProperties: { price: 9 } },
    ]);
    const receiver = target.client.createReceiver(topic, "all", { receiveMode: "receiveAndDelete" });
    expect((await receiveOne(receiver)).applicationProperties).toMatchObject({ price: 9, cheap: 1 });
    expect(await receiveRest(receiver)).toEqual([]);
  });

  test("refuses a rule of that name a second time", async () => {
    const topic = await target.topic();
    const rules = target.client.createRuleManager(topic, "all");
    await rules.createRule("once", { sqlExpression: "1=1" });
    await expect(rules.createRule("once", { sqlExpression: "1=1" })).rejects.toMatchObject({
      code: "MessagingEntityAlreadyExists",
    });
    await expect(rules.deleteRule("never")).rejects.toMatchObject({ code: "MessagingEntityNotFound" });
  });

  test("keeps dead letters of each subscription apart", async () => {
    const topic = await target.topic();
    await target.client.createSender(topic).sendMessages({ body: "bad" });
    const receiver = target.client.createReceiver(topic, "all");
    await receiver.deadLetterMessage(await receiveOne(receiver), {
      deadLetterReason: "because",
      deadLetterErrorDescription: "of it",
    });
    const letters = target.client.createReceiver(topic, "all", { subQueueType: "deadLetter" });
    const letter = await receiveOne(letters);
    expect(letter.deadLetterReason).toBe("because");
    await letters.completeMessage(letter);
  });
});
