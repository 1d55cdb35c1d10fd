import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { type ContainerName, checkTrainingDue, deployModel } from "@ratchet/contracts";
import { azureBlobs } from "@ratchet/state";
import { beforeEach, expect, test } from "vitest";
import { connectService } from "./connected-service.ts";
import { UngrantedError } from "./granted.ts";
import { traceOf } from "./trace.ts";
import type { OutgoingMessage } from "./transport.ts";

const credential = new DefaultAzureCredential();
const account = new BlobServiceClient("https://account.blob.core.windows.net", credential);
const blobs = (container: ContainerName) => azureBlobs(account.getContainerClient(container));
const sent: { readonly message: OutgoingMessage; readonly notBefore: Date | undefined }[] = [];
beforeEach(() => void sent.splice(0));
const messages = {
  send: async (_: string, message: OutgoingMessage, notBefore?: Date) => void sent.push({ message, notBefore }),
  close: async () => undefined,
};
const events = { publish: async () => undefined };
const clock = () => new Date("2026-11-23T09:00:00Z");
const watcher = connectService("data-watcher", { credential, blobs, messages, events, clock });

test("a service speaks under its own name, on the occasion that it names, now, in a trace that follows from it", async () => {
  const said = await watcher.outbox({ cause: "a schedule" }).send(checkTrainingDue, { model: "digits" });
  expect(watcher.name).toBe("data-watcher");
  expect(watcher.credential).toBe(credential);
  expect(said).toMatchObject({
    source: "/ratchet/data-watcher",
    causationid: "a schedule",
    time: "2026-11-23T09:00:00.000Z",
  });
  expect(said.traceparent?.split("-")[1]).toBe(traceOf("a schedule").split("-")[1]);
  expect(sent).toMatchObject([{ message: { messageId: said.id, body: said } }]);
});

test("a service goes on in the trace, and speaks at the time, that its occasion has", async () => {
  const traceparent = traceOf("a drop");
  const time = new Date("2026-11-22T08:00:00Z");
  const notBefore = new Date("2026-11-24T00:00:00Z");
  const outbox = watcher.outbox({ cause: "a wish", traceparent, time });
  const said = await outbox.send(checkTrainingDue, { model: "digits" }, { notBefore });
  expect(said.time).toBe("2026-11-22T08:00:00.000Z");
  expect(said.traceparent?.split("-")[1]).toBe(traceparent.split("-")[1]);
  expect(sent).toMatchObject([{ notBefore }]);
});

test("a service says nothing in another's name", async () => {
  const outbox = watcher.outbox({ cause: "a wish" });
  await expect(outbox.send(deployModel, deployModel.example)).rejects.toThrow(UngrantedError);
  expect(sent).toEqual([]);
});

test("a service's documents are those of the container, opened by the same grant", () => {
  expect(watcher.blobs("batches").url).toBe("https://account.blob.core.windows.net/batches");
  const any = watcher.documents as (name: string) => unknown;
  expect(() => any("training")).toThrow("data-watcher may not open the container training");
});
