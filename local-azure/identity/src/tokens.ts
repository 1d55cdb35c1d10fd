/** What a server needs that only verifies tokens: without the certificates, which take long to load. */
export { createTokenVerifier, InvalidTokenError, type PublicKey, type VerifyToken } from "./access-token.ts";
