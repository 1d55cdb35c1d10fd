export type { Registry } from "./gateways/registry.ts";
export { register } from "./register.ts";
export { type ModelShape, type OnnxModel, UnusableModelError } from "./scoring/onnx-model.ts";
