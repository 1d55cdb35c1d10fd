import { expect, test } from "vitest";
import { resourceGroup } from "../testing/local-azure.ts";
import { packageOf } from "../testing/package-of.ts";
import { useLocalAzure, versionAt } from "../testing/site-tests.ts";

const tests = useLocalAzure();
const tenant = "10ca1000-0000-4000-8000-000000000000";
const audience = "https://management.azure.com";

test("a site whose sign-in names who may ask answers them, and nobody else, from the next request on", async () => {
  const { site, scm } = await tests.createSite();
  await tests.azure.publish(scm, await packageOf("1"));
  expect(await versionAt(site)).toMatchObject({ version: "1" });
  const token = await tests.azure.token();
  const { oid } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { oid: string };
  const { webApps } = tests.azure.client;
  const signIn = (identities: string[]) =>
    webApps.updateAuthSettingsV2(resourceGroup, tests.name, {
      platform: { enabled: true },
      globalValidation: { requireAuthentication: true, excludedPaths: ["/unwell"] },
      identityProviders: {
        azureActiveDirectory: {
          enabled: true,
          registration: { clientId: "x", openIdIssuer: `https://login.microsoftonline.com/${tenant}/v2.0` },
          validation: {
            allowedAudiences: [audience],
            defaultAuthorizationPolicy: { allowedPrincipals: { identities } },
          },
        },
      },
    });
  const ask = async (path: string, headers = {}) => (await fetch(`${site}/${path}`, { headers })).status;
  const authorization = `Bearer ${token}`;

  await signIn(["somebody else"]);
  expect([await ask("version"), await ask("version", { authorization }), await ask("unwell")]).toEqual([401, 403, 200]);
  await signIn([oid]);
  expect([await ask("version"), await ask("version", { authorization })]).toEqual([401, 200]);
  expect(await webApps.getAuthSettingsV2WithoutSecrets(resourceGroup, tests.name)).toMatchObject({
    identityProviders: {
      azureActiveDirectory: {
        validation: { defaultAuthorizationPolicy: { allowedPrincipals: { identities: [oid] } } },
      },
    },
  });
});
