import { createHmac } from "node:crypto";
import { ServiceBusAdministrationClient, ServiceBusClient } from "@azure/service-bus";
import { createAuthorization } from "@local-azure/authorization";
import { identityOf, startManagedIdentity } from "@local-azure/identity";
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

describe("A broker that asks for roles", () => {
  const namespaceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/n";
  const [sender, receiver, owner] = ["sender", "receiver", "owner"].map((name) => identityOf(`/${name}`));
  const authorization = createAuthorization({
    assignments: [
      {
        principalId: sender?.principalId ?? "",
        role: "Azure Service Bus Data Sender",
        scope: `${namespaceId}/queues/q`,
      },
      {
        principalId: receiver?.principalId ?? "",
        role: "Azure Service Bus Data Receiver",
        scope: `${namespaceId}/topics/t/subscriptions/s`,
      },
      { principalId: owner?.principalId ?? "", role: "Azure Service Bus Data Owner", scope: namespaceId },
    ],
    names: { [sender?.principalId ?? ""]: "id-sender", [receiver?.principalId ?? ""]: "id-receiver" },
  });
  let bus: ServiceBus;
  let identity: Awaited<ReturnType<typeof startManagedIdentity>>;
  const clients: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    identity = await startManagedIdentity();
    bus = await startTrustedBus({
      queues: [{ name: "q" }, { name: "other" }],
      topics: [{ name: "t", subscriptions: [{ subscriptionName: "s" }, { subscriptionName: "u" }] }],
      access: {
        keys: [],
        verifyToken: (token) => identity.verifyToken(token, { audience: "https://servicebus.azure.net" }),
        roles: { resourceId: namespaceId, require: authorization.require },
      },
    });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close();
    await bus.close();
    await identity.close();
  });

  const credentialOf = (who: { readonly clientId: string } | undefined, resource = "https://servicebus.azure.net") => ({
    getToken: async () => {
      const query = `api-version=2019-08-01&resource=${resource}&client_id=${who?.clientId}`;
      const headers = { "X-IDENTITY-HEADER": identity.header };
      const response = await fetch(`${identity.endpoint}?${query}`, { headers });
      const { access_token: token } = (await response.json()) as { access_token: string };
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  });
  const as = (...who: Parameters<typeof credentialOf>) => {
    const retryOptions = { maxRetries: 0 };
    const client = new ServiceBusClient(bus.fullyQualifiedNamespace, credentialOf(...who), { retryOptions });
    clients.push(client);
    return client;
  };
  const refused = (right: string, action: string, at: string) => ({
    code: "UnauthorizedAccess",
    message: expect.stringMatching(
      `'${right}' claim.* does not have authorization to perform action '${action}' over scope '${namespaceId}${at}'`,
    ),
  });
  const send = "Microsoft.ServiceBus/namespaces/messages/send/action";
  const receive = "Microsoft.ServiceBus/namespaces/messages/receive/action";

  test("lets each do what its role on the entity says, and names the action that it lacks", async () => {
    await as(sender).createSender("q").sendMessages({ body: 1 });
    await expect(as(sender).createSender("other").sendMessages({ body: 1 })).rejects.toMatchObject(
      refused("Send", send, "/queues/other"),
    );
    await expect(as(sender).createReceiver("q").receiveMessages(1)).rejects.toMatchObject(
      refused("Listen", receive, "/queues/q"),
    );
    await expect(as(receiver).createSender("q").sendMessages({ body: 1 })).rejects.toMatchObject(
      refused("Send", send, "/queues/q"),
    );
  });

  test("reaches down to a subscription, its dead letters and its management", async () => {
    await as(owner).createSender("t").sendMessages({ body: 1 });
    const own = as(receiver).createReceiver("t", "s");
    expect(await own.peekMessages(1)).toHaveLength(1);
    const dead = as(receiver).createReceiver("t", "s", { subQueueType: "deadLetter" });
    expect(await dead.receiveMessages(1, { maxWaitTimeInMs: 10 })).toEqual([]);
    await expect(as(receiver).createReceiver("t", "u").receiveMessages(1)).rejects.toMatchObject(
      refused("Listen", receive, "/topics/t/subscriptions/u"),
    );
  });

  test("keeps its administration for who owns all data", async () => {
    const administer = (who: typeof owner) =>
      new ServiceBusAdministrationClient(bus.fullyQualifiedNamespace, credentialOf(who)).getQueue("q");
    expect((await administer(owner)).name).toBe("q");
    await expect(administer(receiver)).rejects.toMatchObject({ statusCode: 401 });
  });

  test("takes no token for another service", async () => {
    const elsewhere = as(owner, "https://storage.azure.com").createSender("q");
    await expect(elsewhere.sendMessages({ body: 1 })).rejects.toMatchObject({ code: "UnauthorizedAccess" });
  });
});
