/** Serves the model of every datatype, for clients that are tried by hand: `fixtures/record_clients.py`. */
import { everything } from "./everything.ts";
import { servePackage } from "./serve-package.ts";

console.log((await servePackage(await everything())).url);
