import { startService } from "@ratchet/messaging";
import { register } from "./register.ts";

const service = startService("console");

register(service, { stores: service });
