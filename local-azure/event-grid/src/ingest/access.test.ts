import { type AccessControl, createAuthorization } from "@local-azure/authorization";
import { describe, expect, test } from "vitest";
import { PublishError } from "../errors.ts";
import { checkAccess } from "./access.ts";

const topic = {
  id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/t",
  keys: ["a2V5", "a2V5Mg=="],
};
const authorization = createAuthorization({
  assignments: [{ principalId: "sender", role: "EventGrid Data Sender", scope: topic.id }],
  names: { reader: "id-reader" },
});
/** The token is the name of who has it. */
const access: AccessControl = { verifyToken: (token) => ({ oid: token }), require: authorization.require };
const refusalOf = (headers: Record<string, string>): unknown => {
  try {
    checkAccess(headers, topic, access, new Date());
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("a topic that asks for roles", () => {
  test("takes events from whoever may send them to it", () => {
    expect(refusalOf({ authorization: "Bearer sender" })).toBeUndefined();
  });

  test("refuses others with the action that they lack", () => {
    const refusal = refusalOf({ authorization: "Bearer reader" });
    expect(refusal).toBeInstanceOf(PublishError);
    expect(refusal).toMatchObject({ status: 403 });
    expect(String(refusal)).toContain(
      `'id-reader' with object id 'reader' does not have authorization to perform action 'Microsoft.EventGrid/events/send/action' over scope '${topic.id}'`,
    );
  });

  test("takes no key, as where local authentication is disabled", () => {
    expect(refusalOf({ "aeg-sas-key": "a2V5" })).toMatchObject({ status: 401 });
    expect(() => checkAccess({ "aeg-sas-key": "a2V5" }, topic, undefined, new Date())).not.toThrow();
  });
});
