import { Construct } from "constructs";
import { FlexApp } from "./flex-app.ts";
import type { Scope } from "./grants.ts";
import type { AppSurroundings } from "./orchestration.ts";

/** The app that records every event and answers for the state of every model; people sign in to it. */
export class Console extends Construct {
  readonly app: FlexApp;

  constructor(scope: Construct, id: string, surroundings: AppSurroundings) {
    super(scope, id);
    const { configuration, identity } = surroundings;
    this.app = new FlexApp(this, "app", { ...surroundings, service: "console", identity: identity.of("console") });
    const { tenant, access } = configuration;
    const { signIn } = configuration.console;
    if (signIn)
      this.app.requireSignIn({ tenant, registration: signIn.clientId, identities: [], groups: [access.operators] });
  }

  get scopes(): readonly (readonly [Scope, string])[] {
    return [["host-account:console", this.app.account.id]];
  }
}
