import type { CorrelationRuleFilter, SqlRuleAction, SqlRuleFilter } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administered, startAdministered } from "../testing/administered.ts";

let bus: Administered;
beforeAll(async () => {
  bus = await startAdministered();
  await bus.client.createTopic("t");
  await bus.client.createSubscription("t", "s");
});
afterAll(() => bus.close());

const get = (name: string, subscription = "s") => bus.client.getRule("t", subscription, name);

describe("a rule", () => {
  test("named $Default lets everything through on a subscription that was created without one", async () => {
    expect(await get("$Default")).toEqual({ name: "$Default", filter: { sqlExpression: "1=1" }, action: {} });
    expect((await bus.request("t/Subscriptions/s/Rules/$Default")).body).toContain('<Filter i:type="TrueFilter">');
  });

  test("that a subscription is created with takes the place of the default one", async () => {
    const rule = { name: "first", filter: { subject: "a" }, action: { sqlExpression: "SET x = 1" } };
    await bus.client.createSubscription("t", "ruled", { defaultRuleOptions: rule });
    expect(await get("first", "ruled")).toMatchObject(rule);
    expect(await bus.client.ruleExists("t", "ruled", "$Default")).toBe(false);
  });

  test.each<[string, SqlRuleFilter | CorrelationRuleFilter, SqlRuleAction | undefined]>([
    ["sql", { sqlExpression: "color = 'a & <b>' AND \"size\" <> 3" }, undefined],
    [
      "sql-with-parameters",
      {
        sqlExpression: "a = @a OR b = @b OR c = @c",
        sqlParameters: { "@a": "<text> & more", "@b": 1.5, "@c": true },
      },
      undefined,
    ],
    [
      "correlation",
      {
        correlationId: "c",
        messageId: "m",
        to: "t",
        replyTo: "r",
        subject: "s",
        sessionId: "i",
        replyToSessionId: "j",
        contentType: "k",
      },
      undefined,
    ],
    [
      "correlation-with-properties",
      {
        subject: " s ",
        applicationProperties: { text: "x", number: 3, yes: false, at: new Date("2024-02-03T04:05:06.789Z") },
      },
      undefined,
    ],
    [
      "action",
      { sqlExpression: "1=1" },
      { sqlExpression: "SET sys.Label = @l; REMOVE a", sqlParameters: { "@l": "new" } },
    ],
  ])("is read as it was written: %s", async (name, filter, action) => {
    await bus.client.createRule("t", "s", name, filter, action ?? {});
    const rule = await get(name);
    expect(rule.filter).toMatchObject(filter);
    expect(rule.action).toMatchObject(action ?? {});
  });

  test("takes another filter and action, and can be deleted", async () => {
    const rule = await bus.client.createRule("t", "s", "changing", { sqlExpression: "a = 1" });
    const updated = await bus.client.updateRule("t", "s", {
      ...rule,
      filter: { subject: "b" },
      action: { sqlExpression: "SET x = 2" },
    });
    expect(updated).toMatchObject({ filter: { subject: "b" }, action: { sqlExpression: "SET x = 2" } });
    await bus.client.deleteRule("t", "s", "changing");
    expect(await bus.client.ruleExists("t", "s", "changing")).toBe(false);
    await expect(bus.client.updateRule("t", "s", rule)).rejects.toMatchObject({ statusCode: 404 });
    await expect(bus.client.deleteRule("t", "s", "changing")).rejects.toMatchObject({ statusCode: 404 });
    await expect(get("changing")).rejects.toMatchObject({ code: "MessageEntityNotFoundError" });
  });

  test("cannot be created twice", async () => {
    await bus.client.createRule("t", "s", "twice", { sqlExpression: "a = 1" });
    await expect(bus.client.createRule("t", "s", "Twice", { sqlExpression: "a = 1" })).rejects.toMatchObject({
      code: "MessageEntityAlreadyExistsError",
    });
  });

  test("decides, once created, which messages a subscription gets and how they look", async () => {
    const rule = {
      name: "red",
      filter: { sqlExpression: "color = @color" },
      action: { sqlExpression: "SET seen = 'yes'" },
    };
    await bus.client.createSubscription("t", "obeyed", {
      defaultRuleOptions: { ...rule, filter: { ...rule.filter, sqlParameters: { "@color": "red" } } },
    });
    await bus.messages
      .createSender("t")
      .sendMessages(["blue", "red"].map((color) => ({ body: color, applicationProperties: { color } })));
    const received = await bus.messages.createReceiver("t", "obeyed").receiveMessages(2, { maxWaitTimeInMs: 500 });
    expect(received.map(({ body, applicationProperties }) => [body, applicationProperties?.["seen"]])).toEqual([
      ["red", "yes"],
    ]);
  });

  test("is refused where its SQL breaks the grammar, saying where", async () => {
    const refused = { statusCode: 400, message: expect.stringMatching(/SubCode=40000\. At position 4 .*expected/u) };
    await expect(bus.client.createRule("t", "s", "bad", { sqlExpression: "a = " })).rejects.toMatchObject(refused);
    await expect(
      bus.client.createRule("t", "s", "bad", { sqlExpression: "1=1" }, { sqlExpression: "SET sys" }),
    ).rejects.toMatchObject({ statusCode: 400 });
    expect(await bus.client.ruleExists("t", "s", "bad")).toBe(false);
  });

  test("is refused where its parameter is no value of its type", async () => {
    const value = '<Value i:type="d:int" xmlns:d="http://www.w3.org/2001/XMLSchema">seven</Value>';
    const body = `<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml"><RuleDescription xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Filter i:type="SqlFilter"><SqlExpression>a=@a</SqlExpression><Parameters><KeyValueOfstringanyType><Key>@a</Key>${value}</KeyValueOfstringanyType></Parameters></Filter></RuleDescription></content></entry>`;
    expect(await bus.request("t/Subscriptions/s/Rules/typed", { method: "PUT", body })).toMatchObject({
      status: 400,
      body: expect.stringContaining("The value of '@a' is no int: 'seven'."),
    });
  });
});
