import type { Functions } from "@ratchet/messaging";
import { answerEvents, answerModel, answerRebuild, answerStatus } from "./answers.ts";
import type { Console } from "./console.ts";
import { ledgerRoutes } from "./ledger.ts";

/** What the console does, and when. */
export function register(functions: Functions<"console">, console: Console): void {
  functions.receive("run-ledger", ledgerRoutes(console));

  functions.onRequest("status", { method: "GET", route: "status" }, () => answerStatus(console));

  functions.onRequest("model", { method: "GET", route: "models/{model}" }, ({ params }) =>
    answerModel(console, params["model"] ?? ""),
  );

  functions.onRequest("events", { method: "GET", route: "events/{day}" }, ({ params }) =>
    answerEvents(console, params["day"] ?? ""),
  );

  functions.onRequest("rebuild", { method: "POST", route: "rebuild", level: "admin" }, () => answerRebuild(console));
}
