import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CertificateAuthority, createCertificateAuthority, trustCertificateAuthority } from "./index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-ca-"));
});
afterEach(() => rm(folder, { recursive: true }));

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

describe("the local certificate authority", () => {
  test("signs a certificate for each name of this machine", async () => {
    const { server, caCertificate } = await createCertificateAuthority(folder);
    const certificate = new X509Certificate(server.cert);

    expect(certificate.verify(new X509Certificate(caCertificate).publicKey)).toBe(true);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    for (const address of ["127.0.0.1", "::1"]) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkHost("example.com")).toBeUndefined();
  });

  test("keeps its private keys from other users", async () => {
    const { server } = await createCertificateAuthority(folder);
    for (const path of [server.keyPath, join(folder, "ca.key")]) expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("is reused at the next start", async () => {
    const first = await createCertificateAuthority(folder);
    expect(await createCertificateAuthority(folder)).toEqual(first);
  });

  test("stays when only the server certificate is about to expire", async () => {
    const first = await createCertificateAuthority(folder);
    const second = await createCertificateAuthority(folder, { now: inDays(340) });
    expect(second.caCertificate).toBe(first.caCertificate);
    expect(second.server.cert).not.toBe(first.server.cert);
  });

  test("is replaced, with what it signed, when about to expire itself", async () => {
    const first = await createCertificateAuthority(folder);
    const second = await createCertificateAuthority(folder, { now: inDays(705) });
    expect(second.caCertificate).not.toBe(first.caCertificate);
    expect(new X509Certificate(second.server.cert).verify(new X509Certificate(second.caCertificate).publicKey)).toBe(
      true,
    );
  });

  test.each(["ca.pem", "ca.key", "server.pem", "server.key"])("heals a torn %s", async (file) => {
    await createCertificateAuthority(folder);
    const path = join(folder, file);
    await writeFile(path, (await readFile(path, "utf8")).slice(0, 100));
    await expectServes(await createCertificateAuthority(folder));
  });

  test("issues a new server certificate when its own was replaced by another's", async () => {
    await createCertificateAuthority(folder);
    await rm(join(folder, "ca.pem"));
    await expectServes(await createCertificateAuthority(folder));
  });
});

describe("trust", () => {
  test("comes to a running process by trustCertificateAuthority", async () => {
    const authority = await createCertificateAuthority(folder);
    await using server = await serve(authority);
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
    trustCertificateAuthority(authority.caCertificate);
    expect(await (await fetch(server.url)).text()).toBe("served");
  });
});

async function serve(authority: CertificateAuthority): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(authority.server, (_, response) => void response.end("served"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A new process that was given the authority by NODE_EXTRA_CA_CERTS loads the server's certificate as genuine. */
async function expectServes(authority: CertificateAuthority): Promise<void> {
  const program = `
    import { readFileSync } from "node:fs";
    import { createServer } from "node:https";
    const [cert, key] = process.argv.slice(1).map((path) => readFileSync(path));
    const server = createServer({ cert, key }, (_, response) => response.end("served"));
    server.listen(0, "127.0.0.1", async () => {
      console.log(await (await fetch("https://localhost:" + server.address().port)).text());
      process.exit();
    });
  `;
  const child = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", program, authority.server.certPath, authority.server.keyPath],
    {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authority.caCertificatePath },
      encoding: "utf8",
      timeout: 10_000,
    },
  );
  expect(child).toMatchObject({ stdout: "served\n", status: 0 });
}
