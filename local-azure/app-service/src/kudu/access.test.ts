import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthorization } from "@local-azure/authorization";
import { createCertificateAuthority, trustCertificateAuthority } from "@local-azure/identity";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppService, createAppService } from "../index.ts";

const site = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/shop";
const authorization = createAuthorization({
  assignments: [
    { principalId: "deployer", role: "Website Contributor", scope: site },
    { principalId: "of-staging", role: "Website Contributor", scope: `${site}/slots/staging` },
    { principalId: "reader", role: "Reader", scope: site },
  ],
});

let folder: string;
let apps: AppService;
let addresses: Awaited<ReturnType<AppService["sites"]["create"]>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "app-service-"));
  const authority = await createCertificateAuthority(join(folder, "certificates"));
  trustCertificateAuthority(authority.caCertificate);
  apps = await createAppService({
    tls: authority.server,
    folder: join(folder, "sites"),
    // The token is the name of who has it.
    access: { verifyToken: (token) => ({ oid: token }), require: authorization.require },
  });
  addresses = await apps.sites.create({
    name: "shop",
    subscriptionId: "s",
    resourceGroup: "g",
    slots: { staging: {} },
  });
});
afterAll(async () => {
  await apps.close();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  ["deployer", 200, 200],
  ["of-staging", 403, 200],
  ["reader", 403, 403],
])("%s may use the deployment service of production: %i, of staging: %i", async (who, production, staging) => {
  const ask = async (scm = "") => {
    const response = await fetch(`${scm}/api/deployments`, { headers: { authorization: `Bearer ${who}` } });
    return { status: response.status, text: await response.text() };
  };
  const [there, here] = [await ask(addresses.scmEndpoint), await ask(addresses.slots["staging"]?.scmEndpoint)];
  expect([there.status, here.status]).toEqual([production, staging]);
  if (staging === 403)
    expect(here.text).toContain(`'Microsoft.Web/sites/slots/publish/Action' over scope '${site}/slots/staging'`);
});
