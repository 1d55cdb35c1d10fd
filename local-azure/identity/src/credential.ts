import type { IdentityEnvironment } from "./managed-identity.ts";

interface AccessToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** A credential that asks as one environment says, whatever this process has in its own. */
export interface LocalCredential {
  getToken(scopes: string | string[]): Promise<AccessToken>;
}

const earlyMs = 300_000;

/** The credential of the local servers themselves, as a resource's own identity has it. */
export function localCredential(environment: IdentityEnvironment): LocalCredential {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = environment;
  const known = new Map<string, AccessToken>();
  return {
    async getToken(scopes) {
      const [scope = ""] = [scopes].flat();
      const resource = scope.replace(/\/\.default$/, "");
      const before = known.get(resource);
      if (before && before.expiresOnTimestamp - earlyMs > Date.now()) return before;
      const query = new URLSearchParams({ "api-version": "2019-08-01", resource });
      const response = await fetch(`${endpoint}?${query}`, { headers: { "x-identity-header": header } });
      if (!response.ok) throw new Error(`the managed identity gave no token for ${resource}: ${await response.text()}`);
      const { access_token: token, expires_on: expires } = (await response.json()) as {
        readonly access_token: string;
        readonly expires_on: string;
      };
      const fresh = { token, expiresOnTimestamp: Number(expires) * 1000 };
      known.set(resource, fresh);
      return fresh;
    },
  };
}
