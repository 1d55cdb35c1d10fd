/** Works on a replay in a process of its own, that is killed in the middle of it: `work-process.ts <operation> <place as JSON>`. */
import { readFileSync } from "node:fs";
import tls from "node:tls";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { workOn } from "@ratchet/operators";
import { azureBlobs, documentStore } from "@ratchet/state";
import type { Ground } from "./ground.ts";

const [operation = "", place = ""] = process.argv.slice(2);
const { connectionString, blobEndpoint, certificate } = JSON.parse(place) as Ground["place"];
tls.setDefaultCACertificates([...tls.getCACertificates("default"), readFileSync(certificate, "utf8")]);
const account = new BlobServiceClient(blobEndpoint, new DefaultAzureCredential());
const blobs = (name: string) => azureBlobs(account.getContainerClient(name));
const client = new ServiceBusClient(connectionString);
await workOn(
  {
    by: "bench",
    worker: `bench/${process.pid}`,
    client: () => client,
    operations: blobs("operations"),
    documents: documentStore(blobs("operations")),
    undelivered: blobs("event-dead-letters"),
    clock: () => new Date(),
    pause: async () => undefined,
  },
  operation,
  { leaseMs: 1_000, onProgress: ({ done }) => process.send?.(done) },
);
