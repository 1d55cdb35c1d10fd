/**
 * A bare node:http server, to compare with. Usage: node bare-server.ts echo | raw <folder> | handlers <folder of the package>
 * echo answers what it got; raw runs the model for what comes within one turn of the event loop, and checks nothing; handlers is
 * Ratchet's inference without the Azure Functions library.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { createApp } from "@ratchet/inference/app";
import { createNodeServer } from "@ratchet/inference/node-server";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [kind, folder = ""] = process.argv.slice(2);
const ours = async () => {
  const app = createApp({
    folder: pathToFileURL(`${folder}/model/`),
    pageFolder: pathToFileURL(`${folder}/page/`),
    threadFile: pathToFileURL(`${folder}/dist/functions.cjs`),
    version: "bench",
    cores: 2,
  });
  await app.settled;
  return createNodeServer(app);
};
interface Waiting {
  readonly values: readonly number[];
  readonly answer: (scores: Float32Array) => void;
}

/** One run for all that has come within a turn. */
async function raw(): Promise<Server> {
  const session = await InferenceSession.create(`${folder}/model/model.onnx`, { intraOpNumThreads: 1 });
  let waiting: Waiting[] = [];
  const runAll = async (): Promise<void> => {
    const now = waiting;
    waiting = [];
    const values = Float32Array.from(now.flatMap((one) => one.values));
    const features = new Tensor("float32", values, [values.length / 784, 784]);
    const scores = (await session.run({ features }))["scores"]?.data as Float32Array;
    let from = 0;
    for (const one of now) {
      const to = from + (one.values.length / 784) * 10;
      one.answer(scores.subarray(from, to));
      from = to;
    }
  };
  return createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { inputs } = JSON.parse(Buffer.concat(parts).toString("utf8"));
      if (waiting.length === 0) setImmediate(runAll);
      waiting.push({
        values: inputs[0].data as readonly number[],
        answer: (scores) => {
          const output = { name: "scores", datatype: "FP32", shape: [scores.length / 10, 10], data: [...scores] };
          const body = Buffer.from(JSON.stringify({ outputs: [output] }));
          response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length }).end(body);
        },
      });
    });
  });
}

const echo = (): Server =>
  createServer(async (request, response) => response.end(Buffer.concat(await request.toArray())));

const server = kind === "handlers" ? await ours() : kind === "raw" ? await raw() : echo();
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
