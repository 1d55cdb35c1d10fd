import { join } from "node:path";
import type { Topology } from "../index.ts";

const fixture = (name: string) => join(import.meta.dirname, "../../fixtures", name);

/** A blob store whose uploads are told to one queue, a topic that is told to another, and no site. */
export const topology: Topology = {
  subscriptionId: "00000000-0000-0000-0000-000000000000",
  resourceGroup: "tests",
  storage: { account: "teststorage", containers: ["uploads", "receipts"] },
  serviceBus: {
    // A short lock: what an app was at when it was killed comes again when the lock is over, as on Azure.
    queues: [{ name: "uploads", requiresDuplicateDetection: true, lockDuration: "PT5S" }, { name: "orders" }],
  },
  eventGrid: {
    topics: [
      {
        name: "orders",
        subscriptions: [{ name: "all", destination: { endpointType: "ServiceBusQueue", entity: "orders" } }],
      },
    ],
    storageSubscriptions: [
      {
        name: "uploads",
        destination: { endpointType: "ServiceBusQueue", entity: "uploads" },
        filter: {
          includedEventTypes: ["Microsoft.Storage.BlobCreated"],
          subjectBeginsWith: "/blobServices/default/containers/uploads/",
        },
      },
    ],
    workspaceSubscriptions: [],
  },
  workspace: { name: "workspace", datastores: [{ name: "uploads", container: "uploads" }] },
  sites: () => [],
};

/** With an app that answers each upload with a blob in the container `receipts`. */
export const withReceipts: Topology = {
  ...topology,
  sites: ({ serviceBusNamespace, blobEndpoint }) => [
    {
      name: "receipts",
      directory: fixture("receipts"),
      settings: { ServiceBus__fullyQualifiedNamespace: serviceBusNamespace, STORAGE_BLOB_ENDPOINT: blobEndpoint },
    },
  ],
};

/** With an app that starts only while a file is there. */
export const withLicensed = (licence: string): Topology => ({
  ...topology,
  sites: () => [{ name: "licensed", directory: fixture("licensed"), settings: { LICENCE: licence } }],
});
