import {
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { localTenant, objectIdOf } from "./identities.ts";

/** The claims of a local access token that a server may want to look at; named as Microsoft Entra names them. */
export interface AccessTokenClaims {
  /** The resource the token was asked for, e.g. `https://storage.azure.com`. */
  readonly aud: string;
  readonly iss: string;
  /** Seconds since 1970, like `nbf` and `exp`. */
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  /** The client id of the identity. */
  readonly appid: string;
  /** The object id of the identity: the same for one client id in every run. */
  readonly oid: string;
  readonly sub: string;
  readonly tid: string;
  readonly ver: "1.0";
  readonly idtyp: "app";
  readonly uti: string;
}

/** A token was refused; the message says why. Getting a new token from the managed-identity endpoint is the way out. */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
}

/** What a token has to be for beside being genuine. */
interface TokenDemands {
  /** The resource, or the names under which it is known: it has to be for one of them. */
  readonly audience?: string | readonly string[];
  readonly now?: Date;
}

/**
 * The claims of a token.
 * @throws {InvalidTokenError} when it is not one of the issuer's, or expired, or for another audience.
 */
export type VerifyToken = (token: string, demands?: TokenDemands) => AccessTokenClaims;

/** An issuer's public key, as a JSON Web Key. */
export type PublicKey = JsonWebKey & { readonly kid: string };

/** Issues and checks the tokens of one managed-identity endpoint. */
export interface TokenIssuer {
  issue(request: { readonly resource: string; readonly clientId: string; readonly now?: Date }): IssuedToken;
  readonly verify: VerifyToken;
  readonly publicKey: PublicKey;
}

interface IssuedToken {
  readonly token: string;
  readonly claims: AccessTokenClaims;
}

/** What Entra writes for v1.0 tokens; Azurite takes no other prefix. */
export const localIssuer = `https://sts.windows.net/${localTenant}/`;
/** Managed identities get tokens for a day. */
const lifetimeSeconds = 86_400;

/** Creates an issuer with a new key pair, known to this process only. */
export function createTokenIssuer(): TokenIssuer {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const kid = randomUUID();
  const header = encode({ alg: "ES256", typ: "JWT", kid });

  return {
    publicKey: { ...keys.publicKey.export({ format: "jwk" }), kid, alg: "ES256", use: "sig" },

    issue({ resource, clientId, now = new Date() }) {
      const claims = claimsFor(resource, clientId, now);
      const signed = `${header}.${encode(claims)}`;
      const signature = sign("sha256", Buffer.from(signed), { key: keys.privateKey, dsaEncoding: "ieee-p1363" });
      return { token: `${signed}.${signature.toString("base64url")}`, claims };
    },

    verify: verifierOf(keys.publicKey),
  };
}

/** Verifies the tokens of an issuer in a process that has its public key and nothing else of it. */
export const createTokenVerifier = (publicKey: PublicKey): VerifyToken =>
  verifierOf(createPublicKey({ key: publicKey, format: "jwk" }));

/** Tokens whose signature was good; clients send the same one with each request. */
const rememberedTokens = 1_000;

function verifierOf(publicKey: KeyObject): VerifyToken {
  const genuine = new Map<string, AccessTokenClaims>();
  return (token, { audience, now = new Date() } = {}) => {
    let claims = genuine.get(token);
    if (!claims) {
      claims = claimsOf(token, publicKey);
      if (genuine.size >= rememberedTokens) genuine.clear();
      genuine.set(token, claims);
    }
    const seconds = now.getTime() / 1000;
    if (seconds >= claims.exp) {
      throw new InvalidTokenError(`The token expired at ${new Date(claims.exp * 1000).toISOString()}.`);
    }
    const audiences = audience === undefined ? undefined : [audience].flat();
    const { aud } = claims;
    if (audiences && !audiences.some((wanted) => withoutSlash(wanted) === withoutSlash(aud))) {
      throw new InvalidTokenError(`The token is for ${aud}, not for ${audiences.join(" or ")}.`);
    }
    return claims;
  };
}

/** @throws {InvalidTokenError} when the token has not the form of one, or another signature. */
function claimsOf(token: string, publicKey: KeyObject): AccessTokenClaims {
  const [head, payload, signature, ...rest] = token.split(".");
  if (!head || !payload || !signature || rest.length > 0) throw new InvalidTokenError("The token is not a JWT.");
  const ours = verify(
    "sha256",
    Buffer.from(`${head}.${payload}`),
    { key: publicKey, dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  if (!ours) {
    throw new InvalidTokenError(
      "The token was not signed by this managed-identity endpoint: get a new one (the local Azure may have restarted).",
    );
  }
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as AccessTokenClaims;
}

function claimsFor(resource: string, clientId: string, now: Date): AccessTokenClaims {
  const seconds = Math.floor(now.getTime() / 1000);
  const oid = objectIdOf(clientId);
  return {
    aud: resource,
    iss: localIssuer,
    // Entra backdates by five minutes, for servers whose clock is behind.
    iat: seconds - 300,
    nbf: seconds - 300,
    exp: seconds + lifetimeSeconds,
    appid: clientId,
    oid,
    sub: oid,
    tid: localTenant,
    ver: "1.0",
    idtyp: "app",
    uti: randomUUID(),
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function withoutSlash(audience: string): string {
  return audience.replace(/\/$/, "");
}
