import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administered, startAdministered } from "../testing/administered.ts";

let bus: Administered;
beforeAll(async () => {
  bus = await startAdministered();
});
afterAll(() => bus.close());

const put = (path: string, body: string) => bus.request(path, { method: "PUT", body });

const entry = (content: string) =>
  `<entry xmlns="http://www.w3.org/2005/Atom"><content type="application/xml">${content}</content></entry>`;

describe("the administration plane", () => {
  test("tells what the namespace is", async () => {
    const properties = await bus.client.getNamespaceProperties();
    expect(properties).toMatchObject({ messagingSku: "Standard", name: expect.any(String) });
    expect(properties.createdAt.getTime()).toBeGreaterThan(Date.now() - 3_600_000);
  });

  test("answers a missing queue with an empty feed, as the service does", async () => {
    const { status, body } = await bus.request("nowhere");
    expect(status).toBe(200);
    expect(body).toMatch(/^<feed /u);
    expect(body).not.toContain("<entry");
  });

  test("answers its root with the list of what is publicly listed: nothing", async () => {
    expect(await bus.request("")).toMatchObject({ status: 200, body: expect.stringMatching(/^<feed /u) });
  });

  test.each([
    ["is no XML", "<entry>", "The request body is not XML"],
    ["is no Atom entry", "<queue/>", "The request body is not an Atom entry"],
    ["describes something else", entry("<RuleDescription/>"), "describes a RuleDescription, but this address takes"],
    [
      "has no number where one belongs",
      entry("<QueueDescription><MaxDeliveryCount>ten</MaxDeliveryCount></QueueDescription>"),
      "MaxDeliveryCount needs a whole number, but was given 'ten'",
    ],
    [
      "has no boolean where one belongs",
      entry("<QueueDescription><RequiresSession>yes</RequiresSession></QueueDescription>"),
      "RequiresSession needs true or false, but was given 'yes'",
    ],
  ])("refuses a body that %s", async (_case, body, problem) => {
    expect(await put("refused", body)).toMatchObject({ status: 400, body: expect.stringContaining(problem) });
  });

  test("refuses a filter of a type that there is none of", async () => {
    await bus.client.createTopic("t");
    await bus.client.createSubscription("t", "s");
    const body = entry('<RuleDescription><Filter i:type="LuaFilter" xmlns:i="x"/></RuleDescription>');
    expect(await put("t/Subscriptions/s/Rules/r", body)).toMatchObject({
      status: 400,
      body: expect.stringContaining("LuaFilter"),
    });
  });

  test("refuses a body beyond a megabyte", async () => {
    expect(await put("large", entry("x".repeat(1024 * 1024)))).toMatchObject({ status: 413 });
  });

  test("refuses a method that an address does not have", async () => {
    for (const [path, method] of [
      ["q", "POST"],
      ["$Resources/Queues", "DELETE"],
      ["$namespaceinfo", "DELETE"],
    ] as const) {
      expect(await bus.request(path, { method })).toMatchObject({ status: 405 });
    }
    expect(await put("$namespaceinfo", entry("<QueueDescription/>"))).toMatchObject({ status: 405 });
  });

  test("refuses a path that is not valid percent-encoding", async () => {
    expect(await bus.request("%E0%A4%A")).toMatchObject({
      status: 400,
      body: expect.stringContaining("percent-encoding"),
    });
  });
});
