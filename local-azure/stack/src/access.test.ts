import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import type { RoleAssignment } from "@local-azure/authorization";
import { identityOf } from "@local-azure/identity";
import { localCredential } from "@local-azure/identity/credential";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type LocalAzure, startLocalAzure, type Topology } from "./index.ts";
import { withReceipts } from "./testing/topology.ts";

const group = `/subscriptions/${withReceipts.subscriptionId}/resourceGroups/${withReceipts.resourceGroup}`;
const providers = `${group}/providers`;
const account = `${providers}/Microsoft.Storage/storageAccounts/teststorage`;
const container = (name: string) => `${account}/blobServices/default/containers/${name}`;
const queue = (name: string) => `${providers}/Microsoft.ServiceBus/namespaces/local/queues/${name}`;
const identityId = `${providers}/Microsoft.ManagedIdentity/userAssignedIdentities/id-receipts`;
const person = identityOf("/people/somebody");
const owner = identityOf("/people/owner");

const blobContributor = "Storage Blob Data Contributor";
const assigned: readonly (RoleAssignment & { readonly what: string })[] = [
  { what: "person", principalId: person.principalId, role: blobContributor, scope: container("uploads") },
  { what: "person", principalId: person.principalId, role: "Storage Blob Data Reader", scope: container("receipts") },
  {
    what: "topic",
    principalId: identityOf(`${providers}/Microsoft.EventGrid/systemTopics/storage`).principalId,
    role: "Azure Service Bus Data Sender",
    scope: queue("uploads"),
  },
  {
    what: "receiving",
    principalId: identityOf(identityId).principalId,
    role: "Azure Service Bus Data Receiver",
    scope: queue("uploads"),
  },
  {
    what: "writing",
    principalId: identityOf(identityId).principalId,
    role: blobContributor,
    scope: container("receipts"),
  },
  {
    what: "workspace",
    principalId: identityOf(`${providers}/id-workspace`).principalId,
    role: blobContributor,
    scope: account,
  },
  { what: "owner", principalId: owner.principalId, role: "Owner", scope: group },
];

let folder: string;
let refusals: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-azure-access-"));
  refusals = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** With an app that answers each upload, and with every role that this takes, but for those that are left out. */
const start = (without?: string, believedAfterMs = 0): Promise<LocalAzure> => {
  const topology: Topology = {
    ...withReceipts,
    workspace: { ...withReceipts.workspace, identityId: `${providers}/id-workspace` },
    access: {
      roleAssignments: assigned.filter(({ what }) => what !== without),
      names: { [identityOf(identityId).principalId]: "id-receipts" },
      believedAfterMs,
    },
    sites: (addresses) =>
      withReceipts.sites(addresses).map((site) => ({
        ...site,
        identityIds: [identityId],
        settings: { ...site.settings, AZURE_CLIENT_ID: identityOf(identityId).clientId },
      })),
  };
  return startLocalAzure(topology, { folder, onRefusal: (message) => refusals.push(message) });
};
const blobsOf = (azure: LocalAzure, who: typeof person) =>
  new BlobServiceClient(azure.addresses.blobEndpoint, localCredential(azure.environmentFor({ systemAssigned: who })));
const upload = (azure: LocalAzure) =>
  blobsOf(azure, person).getContainerClient("uploads").getBlockBlobClient("a.csv").upload("a,b", 3);
const receipt = (azure: LocalAzure) => blobsOf(azure, person).getContainerClient("receipts").getBlobClient("a.csv");

describe("with roles", { timeout: 60_000 }, () => {
  test("everybody does what their roles allow, and nobody is refused", async () => {
    await using azure = await start();
    await upload(azure);
    await vi.waitUntil(() => receipt(azure).exists(), { timeout: 20_000 });
    expect(refusals).toEqual([]);
  });

  test.each([
    ["topic", "Microsoft.ServiceBus/namespaces/messages/send/action", queue("uploads")],
    ["writing", "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write", container("receipts")],
  ])("without that of %s the refusal names the action and where it is missing", async (what, action, scope) => {
    await using azure = await start(what);
    await upload(azure);
    const named = `does not have authorization to perform action '${action}' over scope '${scope}'`;
    await vi.waitUntil(() => refusals.some((message) => message.includes(named)), { timeout: 20_000 });
  });

  test("a role that is assigned through Resource Manager is believed after a while, and after the next start at once", async () => {
    const role = `/subscriptions/${withReceipts.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`;
    const written = async (azure: LocalAzure): Promise<boolean> =>
      blobsOf(azure, person)
        .getContainerClient("receipts")
        .getBlockBlobClient("b")
        .upload("b", 1)
        .then(
          () => true,
          () => false,
        );
    {
      await using azure = await start(undefined, 1_500);
      const { token } = await localCredential(azure.environmentFor({ systemAssigned: owner })).getToken(
        "https://management.azure.com/.default",
      );
      const name = "0f1e2d3c-0000-4000-8000-000000000001";
      const id = `${container("receipts")}/providers/Microsoft.Authorization/roleAssignments/${name}`;
      const response = await fetch(`${azure.addresses.resourceManagerEndpoint}${id}?api-version=2022-04-01`, {
        method: "PUT",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ properties: { roleDefinitionId: role, principalId: person.principalId } }),
      });
      expect(response.status).toBe(201);
      expect(await written(azure)).toBe(false);
      await vi.waitUntil(() => written(azure), { timeout: 20_000 });
    }
    await using azure = await start(undefined, 600_000);
    expect(await written(azure)).toBe(true);
  });
});
