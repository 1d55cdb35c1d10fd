import { sendMalformedRequests } from "@local-azure/http/testing";
import { expect, test } from "vitest";
import { prepareIdentity, startTestStorage } from "./testing/test-storage.ts";

test("no request ends the storage service, and a good one is answered after all of them", async () => {
  await using identity = await prepareIdentity();
  await using azure = await startTestStorage({ tls: identity.tls, containers: ["uploads"] });
  const aftermath = await sendMalformedRequests({
    port: azure.storage.port,
    tls: true,
    paths: [
      "/devstoreaccount1/uploads/%",
      "/devstoreaccount1/%2f/x",
      "/devstoreaccount1?comp=batch",
      "/devstoreaccount1/uploads?comp=list&marker=%",
    ],
    readHeaders: ["x-ms-version", "x-ms-date", "x-ms-range", "x-ms-copy-source", "if-modified-since"],
  });
  // What Azurite takes for a failure of its own is Azurite's matter.
  expect(aftermath).toMatchObject({ unanswered: [], uncaught: [] });
  expect(aftermath.tried).toBeGreaterThan(150);
  await azure.service.getContainerClient("uploads").getBlockBlobClient("good").upload("x", 1);
  expect(await azure.eventsOf("uploads", "good")).toHaveLength(1);
}, 60_000);
