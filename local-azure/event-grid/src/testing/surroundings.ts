import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCertificateAuthority, startManagedIdentity, trustCertificateAuthority } from "@local-azure/identity";

/** Certificates, an identity and a folder for one test file. */
export interface TestSurroundings extends AsyncDisposable {
  readonly tls: { readonly cert: string; readonly key: string; readonly certPath: string; readonly keyPath: string };
  readonly folder: string;
  readonly caCertificatePath: string;
}

export async function prepareSurroundings(): Promise<TestSurroundings> {
  const folder = await mkdtemp(join(tmpdir(), "local-azure-event-grid-"));
  const authority = await createCertificateAuthority(join(folder, "certificates"));
  trustCertificateAuthority(authority.caCertificate);
  const identity = await startManagedIdentity();
  Object.assign(process.env, identity.environment);
  return {
    tls: authority.server,
    folder,
    caCertificatePath: authority.caCertificatePath,
    [Symbol.asyncDispose]: async () => {
      await identity.close();
      await rm(folder, { recursive: true });
    },
  };
}
