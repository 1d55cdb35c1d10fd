import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { DefaultAzureCredential, ManagedIdentityCredential } from "@azure/identity";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTokenIssuer } from "./access-token.ts";
import {
  type IdentityEnvironment,
  InvalidTokenError,
  identityOf,
  type ManagedIdentityEndpoint,
  startManagedIdentity,
} from "./index.ts";
import { createTokenVerifier } from "./tokens.ts";

let identity: ManagedIdentityEndpoint;
// Once for the file: MSAL keeps the first endpoint it finds, and its tokens, for the life of the process.
beforeAll(async () => {
  identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
});
afterAll(async () => {
  await identity.close();
});

const storage = "https://storage.azure.com";
const clientId = "5d3a9c0e-1111-4222-8333-abcdefabcdef";

function ask(query: string, header = identity.header): Promise<Response> {
  return fetch(`${identity.endpoint}?${query}`, { headers: { "X-IDENTITY-HEADER": header } });
}

describe("the managed-identity endpoint", () => {
  test("gives the unmodified DefaultAzureCredential a token for the resource it asks for", async () => {
    const { token, expiresOnTimestamp } = await new DefaultAzureCredential().getToken(`${storage}/.default`);
    expect(identity.verifyToken(token, { audience: storage })).toMatchObject({ aud: storage });
    expect(expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_600_000);
  });

  test("gives a user-assigned identity its own object id, the same each time", async () => {
    const claimsOf = async (credential: ManagedIdentityCredential) =>
      identity.verifyToken((await credential.getToken(storage)).token);
    const first = await claimsOf(new ManagedIdentityCredential({ clientId }));
    const again = await claimsOf(new ManagedIdentityCredential({ clientId }));
    const system = await claimsOf(new ManagedIdentityCredential());

    expect(first.appid).toBe(clientId);
    expect(again.oid).toBe(first.oid);
    expect(system.oid).not.toBe(first.oid);
  });

  test("takes AZURE_CLIENT_ID as the user-assigned identity, as DefaultAzureCredential does", async () => {
    process.env["AZURE_CLIENT_ID"] = clientId;
    const { token } = await new DefaultAzureCredential().getToken(`${storage}/.default`);
    delete process.env["AZURE_CLIENT_ID"];
    expect(identity.verifyToken(token).appid).toBe(clientId);
  });

  test("gives an app the tokens of the identities that it has, named in any way, and of no other", async () => {
    const resourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a";
    const [own, other] = [identityOf(resourceId), identityOf(`${resourceId}-2`)];
    const app = identity.environmentFor({ userAssigned: [own] });
    const tokenFor = async ({ IDENTITY_HEADER }: IdentityEnvironment, named: string) => {
      const response = await ask(`api-version=2019-08-01&resource=${storage}${named}`, IDENTITY_HEADER);
      if (response.status !== 200) return response.status;
      return identity.verifyToken(((await response.json()) as { access_token: string }).access_token).oid;
    };
    for (const named of [`client_id=${own.clientId}`, `principal_id=${own.principalId}`, `mi_res_id=${resourceId}`])
      expect(await tokenFor(app, `&${named}`), named).toBe(own.principalId);
    expect(await tokenFor(app, `&client_id=${other.clientId}`)).toBe(400);
    expect(await tokenFor(app, "")).toBe(400);
    const withOwn = identity.environmentFor({ systemAssigned: own, userAssigned: [other] });
    expect(await tokenFor(withOwn, "")).toBe(own.principalId);
    expect(await tokenFor(withOwn, `&client_id=${other.clientId}`)).toBe(other.principalId);
  });

  test("lets a process that has its public key verify its tokens", async () => {
    const { token } = await new DefaultAzureCredential().getToken(`${storage}/.default`);
    const verifyElsewhere = createTokenVerifier(JSON.parse(JSON.stringify(identity.publicKey)));
    expect(verifyElsewhere(token, { audience: ["https://elsewhere", `${storage}/`] }).aud).toBe(storage);
    const [head = "", payload = ""] = token.split(".");
    const unsigned = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
    for (const forged of [`${head}.${payload}.`, `${unsigned}.${payload}.`, `${head}.${payload}.AAAA`])
      expect(() => verifyElsewhere(forged)).toThrow(InvalidTokenError);
    expect(() => verifyElsewhere(token, { audience: ["https://elsewhere"] })).toThrow("not for https://elsewhere");
  });

  test("refuses a request without its secret", async () => {
    const query = `api-version=2019-08-01&resource=${storage}`;
    expect((await fetch(`${identity.endpoint}?${query}`)).status).toBe(401);
    expect((await ask(query, identity.header.replace(/./g, "0"))).status).toBe(401);
    expect((await ask(query)).status).toBe(200);
  });

  test.each([
    ["the protocol version", `resource=${storage}`, "api-version=2019-08-01"],
    ["the resource", "api-version=2019-08-01", "resource=<URI"],
    ["one identity only", `api-version=2019-08-01&resource=${storage}&client_id=a&mi_res_id=b`, "Name one identity"],
  ])("asks for %s", async (_, query, message) => {
    const response = await ask(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ statusCode: 400, message: expect.stringContaining(message) });
  });

  test("publishes the key that verifies its tokens", async () => {
    const { token } = await new ManagedIdentityCredential().getToken(storage);
    const discovery = await fetch(new URL("/.well-known/openid-configuration", identity.endpoint));
    const { jwks_uri } = (await discovery.json()) as { jwks_uri: string };
    const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: [JsonWebKey] };

    const [header, payload, signature] = token.split(".");
    const key = createPublicKey({ key: keys[0], format: "jwk" });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(
      verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature ?? "", "base64url")),
    ).toBe(true);
  });
});

describe("a token is refused", () => {
  test("when another endpoint issued it", () => {
    const { token } = createTokenIssuer().issue({ resource: storage, clientId });
    expect(() => identity.verifyToken(token)).toThrow(InvalidTokenError);
  });

  test("when its claims were changed", async () => {
    const { token } = await new ManagedIdentityCredential().getToken(storage);
    const [header, payload = "", signature] = token.split(".");
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, aud: "https://management.azure.com" })).toString(
      "base64url",
    );
    expect(() => identity.verifyToken(`${header}.${forged}.${signature}`)).toThrow("not signed by this");
  });

  test("when it is for another audience", async () => {
    const { token } = await new ManagedIdentityCredential().getToken(storage);
    const audience = "https://servicebus.azure.net";
    expect(() => identity.verifyToken(token, { audience })).toThrow(`is for ${storage}, not for ${audience}`);
  });

  test("when it has expired", () => {
    const issuer = createTokenIssuer();
    const { token } = issuer.issue({ resource: storage, clientId, now: new Date("2026-01-01T00:00:00Z") });
    expect(() => issuer.verify(token, { now: new Date("2026-01-02T00:00:00Z") })).toThrow("2026-01-02T00:00:00.000Z");
  });

  test.each(["", "a.b", "a.b.c.d"])("when it is no JWT: %j", (token) => {
    expect(() => identity.verifyToken(token)).toThrow("not a JWT");
  });
});
