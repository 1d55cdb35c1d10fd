export { type AccessTokenClaims, InvalidTokenError } from "./access-token.ts";
export {
  type CertificateAuthority,
  createCertificateAuthority,
  type ServerCertificate,
} from "./certificate-authority.ts";
export { type Identity, identityOf } from "./identities.ts";
export {
  type AssignedIdentities,
  type IdentityEnvironment,
  type ManagedIdentityEndpoint,
  startManagedIdentity,
} from "./managed-identity.ts";
export { trustCertificateAuthority } from "./trust.ts";
