import { enableCompileCache } from "node:module";

// Where a child process begins. Compiled code is kept between starts (in the folder for temporary files): that
// takes more than half off the time an app needs to be ready. It has to be asked for before anything is loaded.
enableCompileCache();
await import("./run-child.ts");
