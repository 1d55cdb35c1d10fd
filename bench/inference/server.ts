/**
 * A bare node:http server, to compare with. Usage: node server.ts echo | handlers <folder of the package>
 * echo answers what it got; handlers is Ratchet's inference without the Azure Functions library.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { createHandlers } from "@ratchet/inference/handlers";
import { serve } from "@ratchet/inference/serving";

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const echo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  response.end(await bodyOf(request));
};

async function handlers(folder: string): Promise<typeof echo> {
  const { current, settled } = serve(pathToFileURL(`${folder}/model/`));
  await settled;
  const { infer } = createHandlers(current, { version: "bench" });
  const params = { model: "digits" };
  return async (request, response) => {
    const body = await bodyOf(request);
    const answer = await infer({
      params,
      headers: { get: (name) => String(request.headers[name.toLowerCase()] ?? "") || null },
      arrayBuffer: async () => Uint8Array.from(body).buffer,
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
}

const [kind, folder = ""] = process.argv.slice(2);
const handle = kind === "handlers" ? await handlers(folder) : echo;
const server = createServer((request, response) => void handle(request, response));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
