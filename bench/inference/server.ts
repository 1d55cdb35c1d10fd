/**
 * A bare node:http server, to compare with. Usage: node server.ts echo | handlers <folder of the package>
 * echo answers what it got; handlers is Ratchet's inference without the Azure Functions library.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { createApp } from "@ratchet/inference/app";
import { createNodeServer } from "@ratchet/inference/node-server";

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
const server =
  kind === "handlers"
    ? await ours()
    : createServer(async (request, response) => response.end(Buffer.concat(await request.toArray())));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
