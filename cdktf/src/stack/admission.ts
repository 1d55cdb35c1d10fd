import type { ArmBody } from "./azapi.ts";

/** Whom App Service lets in to an app, by their tokens of Entra. */
export interface Admitted {
  /** The tenant whose tokens are good. */
  readonly tenant: string;
  /** Client id of the app registration that tokens are for. */
  readonly registration: string;
  /** Object ids of the identities that may ask. */
  readonly identities: readonly string[];
  /** Object ids of the groups whose members may ask. */
  readonly groups: readonly string[];
}

/** The resource that a token for an app behind a registration is asked for; managed identities know no other name of it. */
export const audienceOf = (registration: string): string => `api://${registration}`;

/**
 * The sign-in of an app (`config/authsettingsV2`) that lets in who is named, and nobody else.
 *
 * Always with a list: without one any app of the tenant gets in, and an audience alone became an empty list on Azure, with which
 * nobody did (https://github.com/pnp/Microsoft365-Analytics-Insights/issues/264). By object ids alone: where client ids are
 * listed as well, both have to fit.
 *
 * Source: https://learn.microsoft.com/azure/app-service/configure-authentication-provider-aad
 * @param open paths that anybody may ask for.
 */
export function admission({ tenant, registration, identities, groups }: Admitted, open: readonly string[]): ArmBody {
  return {
    platform: { enabled: true },
    globalValidation: {
      requireAuthentication: true,
      unauthenticatedClientAction: "Return401",
      excludedPaths: open,
    },
    identityProviders: {
      azureActiveDirectory: {
        enabled: true,
        registration: { clientId: registration, openIdIssuer: `https://login.microsoftonline.com/${tenant}/v2.0` },
        validation: {
          allowedAudiences: [registration, audienceOf(registration)],
          defaultAuthorizationPolicy: {
            // An empty list is a list, too.
            allowedPrincipals: { ...(identities.length > 0 && { identities }), ...(groups.length > 0 && { groups }) },
          },
        },
      },
    },
  };
}
