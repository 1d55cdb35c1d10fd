import { availableParallelism } from "node:os";
import { isMainThread, workerData } from "node:worker_threads";
import packageJson from "../package.json" with { type: "json" };
import { createApp } from "./app.ts";
import { registerFunctions } from "./hosts/functions-library.ts";
import { isThreadData } from "./threads/messages.ts";
import { workAsThread } from "./threads/thread.ts";

// One file is all that is published: what runs in a thread beside begins here too.
if (!isMainThread && isThreadData(workerData)) void workAsThread();
else {
  const app = createApp({
    // Both `src` and `dist` lie beside `model` and `page`.
    folder: new URL("../model/", import.meta.url),
    pageFolder: new URL("../page/", import.meta.url),
    threadFile: new URL(import.meta.url),
    version: packageJson.version,
    cores: availableParallelism(),
  });
  registerFunctions(app, { lean: process.env["RATCHET_INFERENCE_HTTP"] === "lean" });
}
