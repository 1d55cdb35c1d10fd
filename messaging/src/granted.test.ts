import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { deployModel, modelJudged, modelPromoted, trainModel } from "@ratchet/contracts";
import { azureBlobs } from "@ratchet/state";
import { describe, expect, test } from "vitest";
import { connectService } from "./connected-service.ts";
import { mustReceive, UngrantedError } from "./granted.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { traceOf } from "./trace.ts";

const credential = new DefaultAzureCredential();
const sent: string[] = [];
const transports = {
  messages: { send: async (queue: string) => void sent.push(queue), close: async () => undefined },
  events: { publish: async ({ type }: { readonly type: string }) => void sent.push(type) },
};
const account = new BlobServiceClient("https://account.blob.core.windows.net", credential);
const evaluator = connectService("evaluator", {
  ...transports,
  credential,
  blobs: (container) => azureBlobs(account.getContainerClient(container)),
  clock: () => new Date(0),
});

/** What a service could call if its types did not hold it back. */
const anyContainer = evaluator.blobs as (name: string) => unknown;

describe("a service", () => {
  test("opens the containers that the topology grants it, to write or to read", () => {
    expect(evaluator.blobs("verdicts").name).toBe("verdicts");
    expect(evaluator.blobs("batches").name).toBe("batches");
  });

  test("is refused any other container, by its name", () => {
    expect(() => anyContainer("packages")).toThrow(UngrantedError);
    expect(() => anyContainer("packages")).toThrow("evaluator may not open the container packages; the topology names");
    expect(() => anyContainer("no-such")).toThrow("evaluator may not open the container no-such");
    expect(() => anyContainer("constructor")).toThrow(UngrantedError);
  });

  test("sends the commands of the queues that name it among their senders, and no other", async () => {
    const outbox = evaluator.outbox({ cause: "a verdict" });
    await outbox.send(deployModel, { model: "digits", version: "7", cause: "verdict" });
    expect(sent).toEqual(["deploy-model"]);
    const batches = ["3f1c9a0b5d7e2468"];
    await expect(outbox.send(trainModel, { model: "digits", batches, reason: "data" })).rejects.toThrow(
      "evaluator may not send to the queue train-model",
    );
  });

  test("states its own events, and not another's", async () => {
    const outbox = evaluator.outbox({ cause: "a verdict" });
    await outbox.publish(modelJudged, modelJudged.example);
    expect(sent).toContain(modelJudged.type);
    await expect(outbox.publish(modelPromoted, modelPromoted.example)).rejects.toThrow(
      "evaluator may not state ratchet.model.promoted.v1; its contract says who states it",
    );
  });

  test("receives from the queues whose receiver it is", () => {
    expect(() => mustReceive("evaluator", "evaluate-model")).not.toThrow();
    expect(() => mustReceive("evaluator", "deploy-model")).toThrow(
      "evaluator may not receive from the queue deploy-model",
    );
  });
});

test("an operator sends what the topology lets operators send, and states nothing", async () => {
  const occasion = { cause: "a wish", traceparent: traceOf("a wish"), time: new Date(0) };
  const outbox: Outbox = createOutbox("operator", occasion, transports);
  await outbox.send(deployModel, { model: "digits", version: "7", cause: "forced", reason: "the fair" });
  await expect(outbox.publish(modelPromoted, modelPromoted.example)).rejects.toThrow(UngrantedError);
});
