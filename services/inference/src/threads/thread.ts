import { parentPort, workerData } from "node:worker_threads";
import { createBatcher } from "../model/batcher.ts";
import { openSession } from "../model/session.ts";
import { createPredictor } from "../predict.ts";
import { InferenceError, unavailable } from "../protocol/errors.ts";
import { type FromThread, isThreadData, type ToThread } from "./messages.ts";

/** Nobody else waits here, so that more rows may go at once; between two runs it is seen whether the request was given up. */
const rowsAtOnce = 256;

function errorMessage(error: unknown): FromThread {
  if (error instanceof InferenceError)
    return { kind: "error", status: error.status, message: error.message, headers: error.headers };
  return { kind: "error", status: 500, message: error instanceof Error ? error.message : String(error), headers: {} };
}

/** Bytes that nobody else looks at go over as they are; a pool's are copied. */
const transferable = (body: string | Uint8Array): ArrayBuffer[] =>
  typeof body !== "string" && body.buffer instanceof ArrayBuffer && body.byteLength === body.buffer.byteLength
    ? [body.buffer]
    : [];

/** Answers one request after the other, in a thread that was started for it. Does nothing elsewhere. */
export async function workAsThread(): Promise<void> {
  const port = parentPort;
  if (!port || !isThreadData(workerData)) return;
  const { manifest, named, onnx, mostRows, given } = workerData;
  // ONNX Runtime does not read shared memory.
  const model = await openSession(Uint8Array.from(new Uint8Array(onnx)));
  const predict = createPredictor(
    { manifest, named, inputs: model.inputs, outputs: model.outputs },
    createBatcher(model, { maxRows: rowsAtOnce }),
    mostRows,
  );
  const stop = () => (Atomics.load(given, 0) === 0 ? undefined : unavailable("the request was given up"));
  const send = (message: FromThread, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  port.on("message", async (request: ToThread) => {
    try {
      const answer = await predict(request, stop);
      send({ kind: "answer", answer }, transferable(answer.body));
    } catch (error) {
      send(errorMessage(error));
    }
  });
  send({ kind: "ready" });
}
