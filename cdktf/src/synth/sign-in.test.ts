import { expect, test } from "vitest";
import { configurationOf } from "../configuration/environments.ts";
import { signInsOf } from "./sign-in.ts";
import { at, synthesised } from "./synthesised.ts";

const configuration = configurationOf("prod");
const group = `/subscriptions/${configuration.subscription}/resourceGroups/rg-ratchet-acme-prod/providers`;
const signIns = signInsOf(synthesised(configuration), (resourceId) => `identity of ${resourceId}`);
const validation = (app: string) =>
  at(signIns[`${group}/Microsoft.Web/sites/${app}`] ?? {}, "identityProviders.azureActiveDirectory.validation");

test.each(["inference-digits", "inference-weather"])(
  "%s lets in the deployer, the callers and the operators, in both slots alike",
  (app) => {
    const { registration, callers } = configuration.serving;
    expect(validation(app)).toEqual({
      allowedAudiences: [registration, `api://${registration}`],
      defaultAuthorizationPolicy: {
        allowedPrincipals: {
          identities: [
            `identity of ${group}/Microsoft.ManagedIdentity/userAssignedIdentities/id-ratchet-acme-prod-deployer`,
            ...callers.map(({ objectId }) => objectId),
          ],
          groups: [configuration.access.operators],
        },
      },
    });
    const site = `${group}/Microsoft.Web/sites/${app}`;
    expect(signIns[`${site}/slots/staging`]).toEqual(signIns[site]);
  },
);

test("the platform asks without a token whether an app is ready, and everybody else needs one", () => {
  expect(at(signIns[`${group}/Microsoft.Web/sites/inference-digits`] ?? {}, "globalValidation")).toEqual({
    requireAuthentication: true,
    unauthenticatedClientAction: "Return401",
    excludedPaths: ["/v2/health/ready", "/v2/health/live"],
  });
});

test("the console lets in operators alone", () => {
  expect(validation("func-ratchet-acme-prod-console")).toMatchObject({
    defaultAuthorizationPolicy: { allowedPrincipals: { groups: [configuration.access.operators] } },
  });
});
