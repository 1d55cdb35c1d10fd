import { createHmac } from "node:crypto";
import { ServiceBusAdministrationClient } from "@azure/service-bus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Administered, startAdministered } from "../testing/administered.ts";

let bus: Administered;
beforeAll(async () => {
  bus = await startAdministered({
    queues: [{ name: "q" }],
    access: {
      keys: [
        { name: "root", key: "cm9vdA==" },
        { name: "sender", key: "c2VuZA==", rights: ["Send"] },
      ],
      verifyToken: (token) => {
        if (token !== "good") throw new Error("The token is not trusted.");
        return { oid: "somebody", exp: Date.now() / 1000 + 60 };
      },
    },
  });
});
afterAll(() => bus.close());

const clientWith = (keyName: string, key: string) =>
  new ServiceBusAdministrationClient(
    `Endpoint=sb://${bus.host};SharedAccessKeyName=${keyName};SharedAccessKey=${key}`,
    {
      retryOptions: { maxRetries: 0 },
    },
  );

const clientWithToken = (token: string) =>
  new ServiceBusAdministrationClient(
    bus.host,
    { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 60_000 }) },
    { retryOptions: { maxRetries: 0 } },
  );

/** A shared access signature as the documentation describes it. */
const signature = (resource: string, expiry: number, keyName = "root", key = "cm9vdA=="): string => {
  const encoded = encodeURIComponent(resource);
  const digest = createHmac("sha256", key).update(`${encoded}\n${expiry}`).digest("base64");
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(digest)}&se=${expiry}&skn=${keyName}`;
};

const soon = () => Math.round(Date.now() / 1000) + 60;

const status = async (authorization?: string): Promise<number> =>
  (await bus.request("q", { headers: authorization === undefined ? {} : { authorization } })).status;

describe("where keys are configured, the administration plane", () => {
  test("serves a client that has a key with the Manage right", async () => {
    expect(await clientWith("root", "cm9vdA==").getQueue("q")).toMatchObject({ name: "q" });
  });

  test("serves a client that has a token which is trusted", async () => {
    expect(await clientWithToken("good").getQueue("q")).toMatchObject({ name: "q" });
  });

  test.each([
    ["has the wrong key", () => clientWith("root", "d3Jvbmc=")],
    ["names a key that there is none of", () => clientWith("nobody", "cm9vdA==")],
    ["has a key without the Manage right", () => clientWith("sender", "c2VuZA==")],
    ["has a token that is not trusted", () => clientWithToken("bad")],
  ])("refuses a client that %s", async (_case, client) => {
    await expect(client().createQueue("intruder")).rejects.toMatchObject({
      statusCode: 401,
      code: "UnauthorizedRequestError",
      message: expect.stringContaining("SubCode=40100"),
    });
    expect(await clientWith("root", "cm9vdA==").queueExists("intruder")).toBe(false);
  });

  test("refuses a request without a token, with one that has expired, and with one for another entity", async () => {
    expect(await status()).toBe(401);
    expect(await status("nonsense")).toBe(401);
    expect(await status(signature(`https://${bus.host}/q`, soon() - 120))).toBe(401);
    expect(await status(signature(`https://${bus.host}/other`, soon()))).toBe(401);
    expect(await status(signature(`https://${bus.host}/q`, soon()))).toBe(200);
    expect(await status(signature(`https://${bus.host}/`, soon()))).toBe(200);
  });
});
