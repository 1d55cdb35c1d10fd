import { parentPort } from "node:worker_threads";
import { type Cell, promotionsOf } from "./promotions.ts";

parentPort?.on("message", (cell: Cell) => parentPort?.postMessage(promotionsOf(cell)));
