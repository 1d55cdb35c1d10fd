import { events } from "@ratchet/contracts";
import { onAny, startService } from "@ratchet/messaging";
import { answerEvents, answerModel, answerRebuild, answerStatus } from "./answers.ts";
import { type Console, recordEvent } from "./ledger.ts";

const service = startService("console");

const context: Console = { stores: service };

service.receive("run-ledger", [onAny(events, (event) => recordEvent(context, event))]);

service.onRequest("status", { method: "GET", route: "status" }, () => answerStatus(context));

service.onRequest("model", { method: "GET", route: "models/{model}" }, ({ params }) =>
  answerModel(context, params["model"] ?? ""),
);

service.onRequest("events", { method: "GET", route: "events/{day}" }, ({ params }) =>
  answerEvents(context, params["day"] ?? ""),
);

service.onRequest("rebuild", { method: "POST", route: "rebuild", level: "admin" }, () => answerRebuild(context));
