import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sendMalformedRequests } from "@local-azure/http/testing";
import { createCertificateAuthority, trustCertificateAuthority } from "@local-azure/identity";
import { expect, test } from "vitest";
import { startResourceManager } from "./index.ts";

const sheds = "providers/Microsoft.Sheds";

test("no request ends Resource Manager, and a good one is answered after all of them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "resource-manager-"));
  const authority = await createCertificateAuthority(folder);
  trustCertificateAuthority(authority.caCertificate);
  await using manager = await startResourceManager({
    tls: authority.server,
    providers: [
      {
        namespace: "Microsoft.Sheds",
        // Takes time over everything: its answers name the path in headers.
        handle: async (request) => request.startOperation(async () => request.body),
      },
    ],
  });
  const aftermath = await sendMalformedRequests({
    port: manager.port,
    tls: true,
    paths: [
      `/subscriptions/%/${sheds}/x?api-version=1`,
      `/subscriptions/a%0d%0ab/${sheds}/x?api-version=1`,
      `/subscriptions/%e2%82%ac/${sheds}/x?api-version=1`,
      `/subscriptions/s/${sheds}/locations/local/operationResults/%0a?api-version=1`,
    ],
    headers: { authorization: "Bearer t" },
    readHeaders: ["x-ms-client-request-id"],
  });
  expect(aftermath).toMatchObject({ unanswered: [], failed: [], uncaught: [] });
  expect(aftermath.tried).toBeGreaterThan(150);
  const response = await fetch(`${manager.endpoint}/subscriptions/s/${sheds}/x?api-version=1`, {
    headers: { authorization: "Bearer t" },
  });
  expect(response.status).toBe(202);
  await rm(folder, { recursive: true });
}, 60_000);
