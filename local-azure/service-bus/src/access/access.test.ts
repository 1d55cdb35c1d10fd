import { createHmac } from "node:crypto";
import { ServiceBusClient } from "@azure/service-bus";
import { startManagedIdentity } from "@local-azure/identity";
import rhea, { type EventContext } from "rhea";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UnauthorizedError } from "../errors.ts";
import type { ServiceBus } from "../service-bus.ts";
import { startTrustedBus } from "../testing/trusted-bus.ts";
import { AccessPolicy } from "./access-policy.ts";

const rootKey = "a2V5IG9mIHRoZSBuYW1lc3BhY2U=";
const senderKey = "a2V5IG9mIHRob3NlIHdobyBzZW5k";
const entityKey = "a2V5IG9mIG9uZSBxdWV1ZQ==";
const now = 1_000_000_000_000;

function sign(resource: string, key: string, keyName: string, expiry: number): string {
  const encoded = encodeURIComponent(resource);
  const signature = createHmac("sha256", key).update(`${encoded}\n${expiry}`).digest("base64");
  return `SharedAccessSignature sr=${encoded}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${keyName}`;
}

describe("A shared access signature", () => {
  const keys = [{ name: "root", key: rootKey }];
  const policy = new AccessPolicy(
    { keys },
    () => now,
    () => [],
  );
  const soon = now / 1000 + 60;

  test("opens what it was made for and what lies below", () => {
    expect(policy.admit(sign("sb://localhost/", rootKey, "root", soon), "sb://localhost/q").path).toBe("q");
    expect(policy.admit(sign("sb://localhost/q", rootKey, "root", soon), "sb://localhost/Q/$management").path).toBe(
      "q",
    );
  });

  test.each([
    ["a wrong key", sign("sb://localhost/q", senderKey, "root", soon), "not signed"],
    ["an unknown key name", sign("sb://localhost/q", rootKey, "nobody", soon), "nobody"],
    ["a time that is over", sign("sb://localhost/q", rootKey, "root", now / 1000 - 1), "expired"],
    ["another entity", sign("sb://localhost/other", rootKey, "root", soon), "does not cover"],
    [
      "an entity whose name merely begins alike",
      sign("sb://localhost/q", rootKey, "root", soon).replace("%2Fq&", "%2Fq2&"),
      "not signed",
    ],
    ["a missing field", "SharedAccessSignature sr=a&sig=b", "'se'"],
    ["a JWT where none is taken", "a.b.c", "shared access signatures only"],
  ])("is refused for %s", (_, token, words) => {
    expect(() => policy.admit(token, "sb://localhost/q")).toThrow(UnauthorizedError);
    expect(() => policy.admit(token, "sb://localhost/q")).toThrow(words);
  });
});

describe("A broker with keys", () => {
  let bus: ServiceBus;
  const clients: ServiceBusClient[] = [];
  let identity: Awaited<ReturnType<typeof startManagedIdentity>>;

  beforeEach(async () => {
    identity = await startManagedIdentity();
    const rule = {
      claimType: "SharedAccessKey",
      keyName: "one",
      primaryKey: entityKey,
      accessRights: ["Send"],
    } as const;
    bus = await startTrustedBus({
      queues: [{ name: "q", authorizationRules: [rule] }, { name: "other" }],
      access: {
        keys: [
          { name: "root", key: rootKey },
          { name: "sender", key: senderKey, rights: ["Send"] },
        ],
        verifyToken: (token) => identity.verifyToken(token),
      },
    });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await bus.close();
    await identity[Symbol.asyncDispose]();
  });

  const connect = (name: string, key: string) => {
    const connectionString = `Endpoint=sb://localhost:${bus.port};SharedAccessKeyName=${name};SharedAccessKey=${key};UseDevelopmentEmulator=true`;
    const client = new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0 } });
    clients.push(client);
    return client;
  };
  const connectWithToken = (token: string) => {
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
    const client = new ServiceBusClient(bus.fullyQualifiedNamespace, credential, { retryOptions: { maxRetries: 0 } });
    clients.push(client);
    return client;
  };
  const askForToken = async (): Promise<string> => {
    const { endpoint, header } = identity;
    const response = await fetch(`${endpoint}?resource=https://servicebus.azure.net&api-version=2019-08-01`, {
      headers: { "X-IDENTITY-HEADER": header },
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };

  test("lets in whoever has a key", async () => {
    await connect("root", rootKey).createSender("q").sendMessages({ body: 1 });
  });

  test("refuses a wrong key, and an unknown one", async () => {
    await expect(connect("root", senderKey).createSender("q").sendMessages({ body: 1 })).rejects.toMatchObject({
      code: "UnauthorizedAccess",
    });
    await expect(connect("nobody", rootKey).createReceiver("q").receiveMessages(1)).rejects.toMatchObject({
      code: "UnauthorizedAccess",
    });
  });

  test("lets a key that may send send, and do nothing else", async () => {
    const client = connect("sender", senderKey);
    await client.createSender("q").sendMessages({ body: 1 });
    await expect(client.createReceiver("q").receiveMessages(1)).rejects.toMatchObject({ code: "UnauthorizedAccess" });
    await expect(client.createReceiver("q").peekMessages(1)).rejects.toMatchObject({ code: "UnauthorizedAccess" });
  });

  test("lets the key of an entity open that entity only", async () => {
    const client = connect("one", entityKey);
    await client.createSender("q").sendMessages({ body: 1 });
    await expect(client.createSender("other").sendMessages({ body: 1 })).rejects.toMatchObject({
      code: "UnauthorizedAccess",
    });
  });

  test("takes the tokens of the identity that it trusts, over TLS, and no others", async () => {
    await connectWithToken(await askForToken())
      .createSender("q")
      .sendMessages({ body: 1 });
    const forged = `${await askForToken()}x`;
    await expect(connectWithToken(forged).createSender("q").sendMessages({ body: 1 })).rejects.toMatchObject({
      code: "UnauthorizedAccess",
    });
  });

  test("refuses a client that puts no token at all", async () => {
    const connection = rhea.create_container().connect({ host: "127.0.0.1", port: bus.port, reconnect: false });
    connection.on("disconnected", () => {});
    const refused = new Promise<string | undefined>((resolve) => {
      connection.open_sender("q").on("sender_error", ({ sender }: EventContext) => {
        resolve(sender?.error && "condition" in sender.error ? String(sender.error.condition) : undefined);
      });
    });
    expect(await refused).toBe("amqp:unauthorized-access");
    connection.close();
  });

  test("takes a key by SASL PLAIN, as clients without tokens send it", async () => {
    const connection = rhea
      .create_container()
      .connect({ host: "127.0.0.1", port: bus.port, username: "root", password: rootKey, reconnect: false });
    connection.on("disconnected", () => {});
    const sender = connection.open_sender("q");
    const accepted = new Promise((resolve) => sender.on("accepted", resolve));
    sender.on("sendable", () => sender.send({ message_id: "1", body: "plain" }));
    await accepted;
    connection.close();
  });
});
