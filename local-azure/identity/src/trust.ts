import tls from "node:tls";

/**
 * Makes this very process trust `caCertificate` (PEM) from now on, beside the authorities it trusts already.
 * A child process is better served by `NODE_EXTRA_CA_CERTS`, which Node only reads at its start.
 */
export function trustCertificateAuthority(caCertificate: string): void {
  const trusted = tls.getCACertificates("default");
  if (!trusted.includes(caCertificate)) tls.setDefaultCACertificates([...trusted, caCertificate]);
}
