import { startService } from "@ratchet/messaging";
import { register } from "./register.ts";
import { openModel } from "./scoring/onnx-model.ts";

const service = startService("evaluator");

register(service, { stores: service, openModel });
