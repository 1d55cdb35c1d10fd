import { type ServiceName, services } from "@ratchet/contracts";
import { Construct } from "constructs";
import type { Configuration } from "../configuration/configuration.ts";
import type { PrincipalRef } from "./access.ts";
import { type ResourceGroup, UserAssignedIdentity } from "./azurerm.ts";
import type { Principal } from "./grants.ts";
import type { Names } from "./names.ts";

type Identified = ServiceName | `inference:${string}` | "training-compute" | "workspace";

/** An identity for each service, each inference app, the training cluster and the workspace; and the people's ids. */
export class Identity extends Construct {
  readonly #identities: ReadonlyMap<Identified, UserAssignedIdentity>;
  readonly #access: Configuration["access"];

  constructor(scope: Construct, id: string, configuration: Configuration, names: Names, group: ResourceGroup) {
    super(scope, id);
    this.#access = configuration.access;
    const inference = configuration.serving.models.map(({ name }) => `inference:${name}` as const);
    const identified: readonly Identified[] = [...services, ...inference, "training-compute", "workspace"];
    this.#identities = new Map(
      identified.map((who) => [
        who,
        new UserAssignedIdentity(this, who.replace(":", "-"), {
          name: names.identity(who.replace(":", "-")),
          resourceGroupName: group.name,
          location: group.location,
          tags: configuration.tags,
        }),
      ]),
    );
  }

  of(who: Identified): UserAssignedIdentity {
    const identity = this.#identities.get(who);
    if (!identity) throw new RangeError(`${who} has no identity of its own.`);
    return identity;
  }

  get principals(): readonly (readonly [Principal, PrincipalRef])[] {
    return [
      ...[...this.#identities].map(([who, { principalId }]) => [who, servicePrincipal(principalId)] as const),
      ["operators", { id: this.#access.operators, type: "Group" }],
      ...Object.entries(this.#access.producers).map(
        ([name, objectId]) => [`producer:${name}`, servicePrincipal(objectId)] as const,
      ),
    ];
  }
}

export const servicePrincipal = (id: string): PrincipalRef => ({ id, type: "ServicePrincipal" });
