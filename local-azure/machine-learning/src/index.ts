export type { MachineLearningEvent } from "./events.ts";
export { createMachineLearning, type MachineLearning, type MachineLearningOptions } from "./machine-learning.ts";
export {
  type FindOrInstallOptions,
  findOrInstallPython,
  PythonUnavailableError,
} from "./python/find-or-install.ts";
export type { PythonWithTorch } from "./python/interpreter.ts";
export type { WorkspaceAddress } from "./workspace.ts";
