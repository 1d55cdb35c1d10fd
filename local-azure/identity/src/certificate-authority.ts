import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type CertificateAndKey, dayMs, issueAuthority, issueServerCertificate, serverNames } from "./certificates.ts";

/** A certificate for every local server, with the paths for programs that want files. */
export interface ServerCertificate extends CertificateAndKey {
  readonly certPath: string;
  readonly keyPath: string;
}

/** The local certificate authority and the one server certificate it has signed. */
export interface CertificateAuthority {
  /** The path to hand to a child process as `NODE_EXTRA_CA_CERTS`. */
  readonly caCertificatePath: string;
  /** The authority's certificate as PEM. */
  readonly caCertificate: string;
  readonly server: ServerCertificate;
}

const authorityDays = 730;
const serverDays = 365;
// A stack may run for weeks: what is about to expire is replaced at a start, never under a running server.
const renewalDays = 30;

/**
 * Creates a certificate authority and a server certificate in `folder`, or reuses those there while both are whole
 * and valid for 30 days more. Private keys are readable by their owner only. A server certificate is renewed under the
 * same authority, so that programs which trust it already go on doing so.
 */
export async function createCertificateAuthority(
  folder: string,
  options: { readonly now?: Date } = {},
): Promise<CertificateAuthority> {
  const now = options.now ?? new Date();
  const paths = pathsIn(resolve(folder));
  await mkdir(resolve(folder), { recursive: true, mode: 0o700 });

  const authority = await reuseOrIssue(paths.ca, {
    isUsable: (pair) => isCurrent(pair, now) && new X509Certificate(pair.cert).ca,
    issue: () => issueAuthority(now, authorityDays),
  });
  const server = await reuseOrIssue(paths.server, {
    isUsable: (pair) => isCurrent(pair, now) && namesThisMachine(pair) && isSignedBy(pair, authority),
    issue: () => issueServerCertificate(authority, now, serverDays),
  });

  return {
    caCertificatePath: paths.ca.certPath,
    caCertificate: authority.cert,
    server: { ...server, certPath: paths.server.certPath, keyPath: paths.server.keyPath },
  };
}

interface PairPaths {
  readonly certPath: string;
  readonly keyPath: string;
}

function pathsIn(folder: string): { readonly ca: PairPaths; readonly server: PairPaths } {
  return {
    ca: { certPath: join(folder, "ca.pem"), keyPath: join(folder, "ca.key") },
    server: { certPath: join(folder, "server.pem"), keyPath: join(folder, "server.key") },
  };
}

async function reuseOrIssue(
  paths: PairPaths,
  how: {
    readonly isUsable: (pair: CertificateAndKey) => boolean;
    readonly issue: () => Promise<CertificateAndKey>;
  },
): Promise<CertificateAndKey> {
  const kept = await read(paths);
  if (kept !== undefined && how.isUsable(kept)) return kept;
  const issued = await how.issue();
  await replaceFile(paths.keyPath, issued.key, 0o600);
  await replaceFile(paths.certPath, issued.cert, 0o644);
  return issued;
}

async function read(paths: PairPaths): Promise<CertificateAndKey | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(paths.certPath, "utf8"), readFile(paths.keyPath, "utf8")]);
    return { cert, key };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Written beside and renamed, so that a process that reads meanwhile sees the old file or the new, never a half. */
async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text, { mode });
  await rename(beside, path);
}

function isCurrent(pair: CertificateAndKey, now: Date): boolean {
  try {
    const certificate = new X509Certificate(pair.cert);
    const renewAfter = Date.parse(certificate.validTo) - renewalDays * dayMs;
    return now.getTime() < renewAfter && certificate.checkPrivateKey(createPrivateKey(pair.key));
  } catch {
    return false; // Not a certificate or not a key: torn or edited by hand. A new one costs nothing.
  }
}

function namesThisMachine(pair: CertificateAndKey): boolean {
  const certificate = new X509Certificate(pair.cert);
  return serverNames.every(({ type, value }) =>
    type === "ip" ? certificate.checkIP(value) : certificate.checkHost(value),
  );
}

function isSignedBy(pair: CertificateAndKey, authority: CertificateAndKey): boolean {
  return new X509Certificate(pair.cert).verify(new X509Certificate(authority.cert).publicKey);
}
