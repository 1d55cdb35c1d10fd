import { events } from "@ratchet/contracts";
import { onAny, startService } from "@ratchet/messaging";
import { answerEvents, answerModel, answerRebuild, answerStatus } from "./answers.ts";
import type { Console } from "./console.ts";
import { recordEvent } from "./ledger.ts";

const service = startService("console");

const console: Console = { stores: service };

service.receive("run-ledger", [onAny(events, (event) => recordEvent(console, event))]);

service.onRequest("status", { method: "GET", route: "status" }, () => answerStatus(console));

service.onRequest("model", { method: "GET", route: "models/{model}" }, ({ params }) =>
  answerModel(console, params["model"] ?? ""),
);

service.onRequest("events", { method: "GET", route: "events/{day}" }, ({ params }) =>
  answerEvents(console, params["day"] ?? ""),
);

service.onRequest("rebuild", { method: "POST", route: "rebuild", level: "admin" }, () => answerRebuild(console));
