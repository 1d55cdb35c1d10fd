import type { AccessToken, TokenCredential } from "@azure/identity";
import type { LocalDeployment } from "@ratchet/cli/deployment";

/** A token is asked for anew this long before it ends. */
const earlyMs = 300_000;

/** A credential of one life of the stack: `DefaultAzureCredential` would go on with the tokens of the first. */
export function credentialOf({ identity }: LocalDeployment): TokenCredential {
  const known = new Map<string, AccessToken>();
  return {
    async getToken(scopes) {
      const [scope = ""] = [scopes].flat();
      const resource = scope.replace(/\/\.default$/, "");
      const before = known.get(resource);
      if (before && before.expiresOnTimestamp - earlyMs > Date.now()) return before;
      const query = new URLSearchParams({ "api-version": "2019-08-01", resource });
      const response = await fetch(`${identity["IDENTITY_ENDPOINT"]}?${query}`, {
        headers: { "x-identity-header": identity["IDENTITY_HEADER"] ?? "" },
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) throw new Error(`no token for ${resource}: ${response.status} ${await response.text()}`);
      const { access_token: token, expires_on: expires } = (await response.json()) as Record<string, string>;
      const fresh = { token: token ?? "", expiresOnTimestamp: Number(expires) * 1000 };
      known.set(resource, fresh);
      return fresh;
    },
  };
}
