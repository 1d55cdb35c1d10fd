import { type ServiceName, services } from "@ratchet/contracts";
import { Construct } from "constructs";
import { FlexApp, type FlexAppOptions } from "./flex-app.ts";
import type { Scope } from "./grants.ts";
import type { Identity } from "./identity.ts";

/** The services without a face of their own; the console has one. */
const orchestrators = services.filter((service) => service !== "console");

export type AppSurroundings = Omit<FlexAppOptions, "service" | "identity"> & { readonly identity: Identity };

/** One app for each service of the topology that people do not sign in to. */
export class Orchestration extends Construct {
  readonly #apps: ReadonlyMap<ServiceName, FlexApp>;

  constructor(scope: Construct, id: string, surroundings: AppSurroundings) {
    super(scope, id);
    this.#apps = new Map(
      orchestrators.map((service) => [
        service,
        new FlexApp(this, service, { ...surroundings, service, identity: surroundings.identity.of(service) }),
      ]),
    );
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return [...this.#apps].map(([service, { account }]) => [`host-account:${service}`, account.id]);
  }
}
