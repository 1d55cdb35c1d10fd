/** The whole of Ratchet in a process of its own, as `ratchet up` starts it. Usage: stack-process.ts <folder> <sockets> */
import { startRatchet } from "@ratchet/cli/local";
import { createProgress } from "@ratchet/cli/progress";

const [folder = "", sockets = ""] = process.argv.slice(2);
const counter = new URL("./count-requests.ts", import.meta.url);
const ratchet = await startRatchet({
  folder,
  progress: createProgress({ quiet: true }),
  // A history is written as the services leave it: nobody but they may.
  enforcesRoles: false,
  serviceSettings: { NODE_OPTIONS: `--import=${counter.href}`, STORM_SOCKETS: sockets },
});
process.once("disconnect", () => process.exit(1));
process.once("message", async () => {
  await ratchet.close();
  process.exit(0);
});
void ratchet.failure.then((error) => {
  console.error(error.message);
  process.exit(1);
});
process.send?.("ready");
