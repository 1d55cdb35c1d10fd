import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import type { RoleAssignment } from "@local-azure/authorization";
import { identityOf, startManagedIdentity } from "@local-azure/identity";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LocalStorage, type StorageAccess, startStorage } from "../index.ts";
import { prepareIdentity } from "../testing/test-storage.ts";

const accountId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/data";
const scopeOf = (container: string) => `${accountId}/blobServices/default/containers/${container}`;
const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const [writer, reader, owner] = ["writer", "reader", "owner"].map((name) => identityOf(`/${name}`)) as [
  ReturnType<typeof identityOf>,
  ReturnType<typeof identityOf>,
  ReturnType<typeof identityOf>,
];
const assignments: readonly RoleAssignment[] = [
  { principalId: writer.principalId, role: "Storage Blob Data Contributor", scope: scopeOf("drops") },
  { principalId: reader.principalId, role: "Storage Blob Data Reader", scope: scopeOf("drops") },
  { principalId: owner.principalId, role: "Storage Blob Data Owner", scope: accountId },
];
const names = { [writer.principalId]: "id-writer", [reader.principalId]: "id-reader" };

let prepared: Awaited<ReturnType<typeof prepareIdentity>>;
let identity: Awaited<ReturnType<typeof startManagedIdentity>>;
let storage: LocalStorage;
let access: StorageAccess;
beforeAll(async () => {
  prepared = await prepareIdentity();
  identity = await startManagedIdentity();
  access = { publicKey: identity.publicKey, assignments, names };
  const account = { name: "data", key: Buffer.from("a key").toString("base64") };
  const containers = ["drops", "runs"];
  storage = await startStorage({ tls: prepared.tls, account, containers, resourceId: accountId, access });
});
afterAll(async () => {
  await storage.close();
  await identity.close();
  await prepared[Symbol.asyncDispose]();
});

const tokenOf = async (clientId: string, resource = "https://storage.azure.com"): Promise<string> => {
  const query = `api-version=2019-08-01&resource=${resource}&client_id=${clientId}`;
  const headers = { "X-IDENTITY-HEADER": identity.header };
  const response = await fetch(`${identity.endpoint}?${query}`, { headers });
  return ((await response.json()) as { access_token: string }).access_token;
};
const withToken = (token: string) =>
  new BlobServiceClient(
    storage.blobEndpoint,
    { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 60_000 }) },
    { retryOptions: { maxTries: 1 } },
  );
const as = async ({ clientId }: { readonly clientId: string }) => withToken(await tokenOf(clientId));
const dropsOf = async (who: { readonly clientId: string }) => (await as(who)).getContainerClient("drops");
const mismatch = (action: string) => ({
  statusCode: 403,
  code: "AuthorizationPermissionMismatch",
  message: expect.stringContaining(action),
});

describe("a request is let in by the roles of who sends it", { timeout: 30_000 }, () => {
  test("on the container of its scope: writing, listing, reading, leases and deleting", async () => {
    const blob = (await dropsOf(writer)).getBlockBlobClient("a");
    await blob.upload("a", 1);
    await (await as(writer)).getContainerClient("drops").listBlobsFlat().next();
    const lease = await blob.getBlobLeaseClient().acquireLease(15);
    await blob.getBlobLeaseClient(lease.leaseId ?? "").releaseLease();
    const seen = (await dropsOf(reader)).getBlobClient("a");
    expect((await seen.downloadToBuffer()).toString()).toBe("a");
    await expect(seen.delete()).rejects.toMatchObject(mismatch(`'${blobs}/delete'`));
    await expect(seen.setMetadata({ a: "b" })).rejects.toMatchObject(mismatch(`'${blobs}/write'`));
    await blob.delete();
  });

  test("and on no other: the refusal names who, the action and the container", async () => {
    const other = (await as(writer)).getContainerClient("runs");
    await expect(other.getBlockBlobClient("a").upload("a", 1)).rejects.toMatchObject(
      mismatch(`The client 'id-writer' with object id '${writer.principalId}' does not have authorization`),
    );
    await expect(other.listBlobsFlat().next()).rejects.toMatchObject(
      mismatch(`'${blobs}/read' over scope '${scopeOf("runs")}'`),
    );
    await expect((await as(writer)).listContainers().next()).rejects.toMatchObject(mismatch("containers/read'"));
    await expect(other.create()).rejects.toMatchObject(mismatch("containers/write'"));
  });

  test("a copy needs reading where it comes from", async () => {
    const theirs = (await as(owner)).getContainerClient("runs").getBlockBlobClient("secret");
    await theirs.upload("secret", 6);
    const target = (await dropsOf(writer)).getBlobClient("taken");
    await expect(target.beginCopyFromURL(theirs.url)).rejects.toMatchObject(mismatch(`'${blobs}/read'`));
    await (await as(owner)).getContainerClient("drops").getBlobClient("taken").beginCopyFromURL(theirs.url);
  });

  test("each part of a batch needs what it needs alone", async () => {
    const batches = (await as(owner)).getBlobBatchClient();
    const blob = (await dropsOf(owner)).getBlockBlobClient("batched");
    await blob.upload("x", 1);
    const credential = { getToken: async () => ({ token: await tokenOf(reader.clientId), expiresOnTimestamp: 1e15 }) };
    const refused = await batches.deleteBlobs([blob.url], credential);
    expect(refused.subResponses.map(({ status }) => status)).toEqual([403]);
    expect(await blob.exists()).toBe(true);
  });

  test("what is assigned later counts from then on", async () => {
    const other = (await as(reader)).getContainerClient("runs").getBlockBlobClient("later");
    await expect(other.upload("x", 1)).rejects.toMatchObject(mismatch("blobs/write'"));
    const role = "Storage Blob Data Contributor";
    const more = { principalId: reader.principalId, role, scope: scopeOf("runs") };
    storage.setAccess({ ...access, assignments: [...assignments, more] });
    await vi.waitFor(() => other.upload("x", 1), { timeout: 10_000 });
  });
});

describe("a request is not let in", { timeout: 30_000 }, () => {
  test.each([
    ["whose token is unsigned", (token: string) => `${token.split(".").slice(0, 2).join(".")}.`],
    [
      "whose token says that it needs no signature",
      (token: string) =>
        `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${token.split(".")[1] ?? ""}.`,
    ],
    ["whose token was changed", (token: string) => token.replace(/\.(.)/, (_, first) => (first === "e" ? ".f" : ".e"))],
  ])("%s", async (_, forge) => {
    const forged = forge(await tokenOf(owner.clientId));
    const blob = withToken(forged).getContainerClient("drops").getBlockBlobClient("forged");
    await expect(blob.upload("x", 1)).rejects.toMatchObject({ statusCode: 401 });
  });

  test("whose token is for another service", async () => {
    const token = await tokenOf(owner.clientId, "https://management.azure.com");
    const blob = withToken(token).getContainerClient("drops").getBlobClient("a");
    const refused = { statusCode: 401, message: expect.stringContaining("not for https://storage.azure.com") };
    await expect(blob.download()).rejects.toMatchObject(refused);
  });

  test("that has a key, a signature made with one, or nothing", async () => {
    const key = new StorageSharedKeyCredential(storage.accountName, storage.accountKey);
    const keyed = new BlobServiceClient(storage.blobEndpoint, key, { retryOptions: { maxTries: 1 } });
    const notPermitted = { statusCode: 403, code: "KeyBasedAuthenticationNotPermitted" };
    await expect(keyed.getContainerClient("drops").getProperties()).rejects.toMatchObject(notPermitted);
    const permissions = (await import("@azure/storage-blob")).BlobSASPermissions.parse("r");
    const blob = keyed.getContainerClient("drops").getBlobClient("a");
    const signed = await blob.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 60_000) });
    expect((await fetch(signed)).headers.get("x-ms-error-code")).toBe("KeyBasedAuthenticationNotPermitted");
    expect((await fetch(blob.url)).status).toBe(401);
  });
});
