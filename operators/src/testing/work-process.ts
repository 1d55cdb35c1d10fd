/** Works on an operation in a process of its own, that a test may kill. Says each progress to its parent. */
import { readFileSync } from "node:fs";
import tls from "node:tls";
import { DefaultAzureCredential } from "@azure/identity";
import { ServiceBusClient } from "@azure/service-bus";
import { BlobServiceClient } from "@azure/storage-blob";
import { azureBlobs, documentStore } from "@ratchet/state";
import { workOn } from "../index.ts";

const [operation = "", connectionString = "", blobEndpoint = "", certificate = "", atOnce = "50"] =
  process.argv.slice(2);
tls.setDefaultCACertificates([...tls.getCACertificates("default"), readFileSync(certificate, "utf8")]);

const client = new ServiceBusClient(connectionString);
const storage = new BlobServiceClient(blobEndpoint, new DefaultAzureCredential());
const blobsOf = (name: string) => azureBlobs(storage.getContainerClient(name));

await workOn(
  {
    by: "ada",
    worker: `killed/${process.pid}`,
    client: () => client,
    operations: blobsOf("operations"),
    documents: documentStore(blobsOf("operations")),
    undelivered: blobsOf("event-dead-letters"),
    clock: () => new Date(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  },
  operation,
  { atOnce: Number(atOnce), leaseMs: 1_000, onProgress: ({ done }) => process.send?.(done) },
);
