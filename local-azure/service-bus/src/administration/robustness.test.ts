import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administered, startAdministered } from "../testing/administered.ts";

let bus: Administered;
beforeAll(async () => {
  bus = await startAdministered({ topics: [{ name: "t", subscriptions: [{ subscriptionName: "s" }] }] });
});
afterAll(() => bus.close());

const path = fc
  .array(fc.constantFrom("t", "s", "Subscriptions", "Rules", "$Resources", "Queues", "$Default", "a b", "%2F", "é"), {
    maxLength: 6,
  })
  .map((segments) => segments.map((segment) => (segment === "%2F" ? segment : encodeURIComponent(segment))).join("/"));

const fragment = fc.constantFrom(
  "<entry>",
  "</entry>",
  "<content>",
  "</content>",
  "<QueueDescription>",
  "</QueueDescription>",
  "<SubscriptionDescription/>",
  "<RuleDescription><Filter i:type='SqlFilter'/></RuleDescription>",
  "<MaxDeliveryCount>7</MaxDeliveryCount>",
  "<AuthorizationRules><AuthorizationRule/></AuthorizationRules>",
  "<!DOCTYPE a [<!ENTITY b 'c'>]>",
  "&b;",
  "\u0000",
  "text",
);

const body = fc.oneof(
  fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join("")),
  fc.array(fragment, { maxLength: 5 }).map((parts) => `<entry><content>${parts.join("")}</content></entry>`),
);

describe("the administration plane", () => {
  test("answers any request with a status of the protocol, and never fails itself", async () => {
    await fc.assert(
      fc.asyncProperty(
        path,
        fc.constantFrom("GET", "PUT", "DELETE", "POST"),
        body,
        fc.boolean(),
        async (to, method, sent, update) => {
          const headers: Record<string, string> = update ? { "if-match": "*" } : {};
          const { status } = await bus.request(to, { method, headers, ...(method === "PUT" && { body: sent }) });
          expect([200, 201, 400, 404, 405, 409]).toContain(status);
        },
      ),
      {
        numRuns: 400,
        examples: [
          ["t", "PUT", "<entry><content><!DOCTYPE a [<!ENTITY b 'c'>]><!DOCTYPE a []></content></entry>", false],
        ],
      },
    );
    expect(await bus.client.getNamespaceProperties()).toMatchObject({ name: "localhost" });
  });
});
