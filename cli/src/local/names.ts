import { identityOf } from "@local-azure/identity/identities";
import { namesOf } from "@ratchet/cdktf/names";

/** What this machine is called, as one more environment of infrastructure. */
export const localPlace = { organisation: "local", environment: "here" } as const;

export const localSubscription = "00000000-0000-0000-0000-000000000000";

/** The names that its resources would have on Azure. */
export const localNames = namesOf(localPlace);

export const localGroup = `/subscriptions/${localSubscription}/resourceGroups/${localNames.resourceGroup}`;

/** The resource id of an identity that infrastructure makes: of a service, the workspace, the training cluster. */
export const identityIdOf = (who: string): string =>
  `${localGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${localNames.identity(who)}`;

/** The app registration that tokens for the inference apps are for. */
export const inferenceRegistration = identityOf("/registrations/inference").clientId;

/** Whoever is at the keyboard: the group of operators is this one. */
export const operator = identityOf("/people/operators");

/** Who applies infrastructure; on Azure a pipeline. */
export const infrastructure = identityOf("/people/infrastructure");
