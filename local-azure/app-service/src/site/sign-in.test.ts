import { describe, expect, test } from "vitest";
import { admit, type CallerClaims, headersOf, type SignInSettings } from "./sign-in.ts";

const tenant = "10ca1000-0000-4000-8000-000000000000";
const deployer: CallerClaims = { aud: "api://models", appid: "app of deployer", oid: "deployer", tid: tenant };
const verify = (token: string): CallerClaims => {
  if (!token.startsWith("{")) throw new Error("The token was not signed here.");
  return { ...deployer, ...(JSON.parse(token) as Partial<CallerClaims>) };
};

type Policy = NonNullable<
  NonNullable<NonNullable<SignInSettings["identityProviders"]>["azureActiveDirectory"]>["validation"]
>["defaultAuthorizationPolicy"];

const settings = (policy: Policy): SignInSettings => ({
  platform: { enabled: true },
  globalValidation: { requireAuthentication: true, excludedPaths: ["/ready"] },
  identityProviders: {
    azureActiveDirectory: {
      enabled: true,
      registration: { clientId: "models", openIdIssuer: `https://login.microsoftonline.com/${tenant}/v2.0` },
      validation: { allowedAudiences: ["api://models"], ...(policy && { defaultAuthorizationPolicy: policy }) },
    },
  },
});
const named = settings({ allowedPrincipals: { identities: ["deployer"], groups: ["operators"] } });

const statusOf = (claims: Partial<CallerClaims> | string | undefined, given = named, path = "/v2") => {
  const token = typeof claims === "object" ? JSON.stringify(claims).replaceAll(" ", "\\u0020") : claims;
  const decided = admit(given, { path, authorization: token && `Bearer ${token}` }, verify);
  return decided.kind === "admitted" ? 200 : decided.status;
};

describe("a sign-in that names who may ask", () => {
  test.each<[string, Partial<CallerClaims> | string | undefined, number]>([
    ["nobody", undefined, 401],
    ["a made-up token", "made-up", 401],
    ["a token for another audience", { aud: "https://storage.azure.com" }, 401],
    ["a token of another tenant", { tid: "another" }, 401],
    ["somebody else of the tenant", { oid: "stranger" }, 403],
    ["one of the identities", {}, 200],
    ["the registration's own client id as audience", { aud: "models" }, 200],
    ["an operator", { oid: "operators" }, 200],
  ])("answers %s with its status", (_, claims, status) => {
    expect(statusOf(claims)).toBe(status);
  });

  test("lets everybody ask for the paths that are excluded, and everybody ask where it is off", () => {
    expect(statusOf(undefined, named, "/ready")).toBe(200);
    expect(statusOf("made-up", named, "/ready")).toBe(200);
    expect(statusOf(undefined, named, "/ready/more")).toBe(401);
    expect(statusOf(undefined, { platform: { enabled: false } })).toBe(200);
  });
});

test("applications and identities have to fit both where both are named", () => {
  const both = settings({ allowedApplications: ["app of deployer"], allowedPrincipals: { identities: ["deployer"] } });
  expect(statusOf({}, both)).toBe(200);
  expect(statusOf({ oid: "stranger" }, both)).toBe(403);
  expect(statusOf({ appid: "another" }, both)).toBe(403);
  expect(statusOf({ oid: "stranger" }, settings({ allowedApplications: ["app of deployer"] }))).toBe(200);
});

test("an audience without a policy lets nobody in", () => {
  expect(statusOf({}, settings(undefined))).toBe(403);
  expect(statusOf({}, settings({}))).toBe(403);
});

test("an app is told who asks in the words of the platform", () => {
  const { "x-ms-client-principal": principal = "", ...rest } = headersOf(deployer);
  expect(rest).toEqual({ "x-ms-client-principal-id": "deployer", "x-ms-client-principal-name": "app of deployer" });
  expect(JSON.parse(Buffer.from(principal, "base64").toString())).toMatchObject({
    auth_typ: "aad",
    claims: expect.arrayContaining([{ typ: "oid", val: "deployer" }]),
  });
});
