/** A thread that ends in the midst of a request whose body says so; else it answers as any other. */
import { parentPort } from "node:worker_threads";
import { workAsThread } from "../threads/thread.ts";

parentPort?.on("message", ({ body }: { readonly body: Uint8Array }) => {
  if (Buffer.from(body).toString("utf8") === "end") process.exit(1);
});
await workAsThread();
