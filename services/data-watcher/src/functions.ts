import { startService } from "@ratchet/messaging";
import { register } from "./register.ts";

const service = startService("data-watcher");

register(service, { stores: service, outbox: service.outbox });
