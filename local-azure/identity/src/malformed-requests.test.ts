import { sendMalformedRequests } from "@local-azure/http/testing";
import { expect, test } from "vitest";
import { startManagedIdentity } from "./index.ts";

test("no request ends the managed-identity endpoint, and a good one is answered after all of them", async () => {
  await using identity = await startManagedIdentity();
  const aftermath = await sendMalformedRequests({
    port: Number(new URL(identity.endpoint).port),
    tls: false,
    paths: ["/msi/token?api-version=2019-08-01&resource=%", "/.well-known/openid-configuration"],
    readHeaders: ["x-identity-header"],
  });
  expect(aftermath).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
  expect(aftermath.tried).toBeGreaterThan(150);
  const response = await fetch(`${identity.endpoint}?api-version=2019-08-01&resource=https://storage.azure.com`, {
    headers: { "x-identity-header": identity.header },
  });
  expect(response.status).toBe(200);
});

test("a secret of the right length in characters, and not in bytes, is refused as any other", async () => {
  await using identity = await startManagedIdentity();
  const response = await fetch(`${identity.endpoint}?api-version=2019-08-01&resource=https://storage.azure.com`, {
    headers: { "x-identity-header": "é".repeat(identity.header.length) },
  });
  expect(response.status).toBe(401);
});
