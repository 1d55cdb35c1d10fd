export { type AccessTokenClaims, InvalidTokenError } from "./access-token.ts";
export {
  type CertificateAuthority,
  createCertificateAuthority,
  type ServerCertificate,
} from "./certificate-authority.ts";
export { type ManagedIdentityEndpoint, startManagedIdentity } from "./managed-identity.ts";
export { trustCertificateAuthority } from "./trust.ts";
