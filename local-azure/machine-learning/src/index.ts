export type { MachineLearningEvent } from "./events.ts";
export { createMachineLearning, type MachineLearning, type MachineLearningOptions } from "./machine-learning.ts";
export type { WorkspaceAddress } from "./workspace.ts";
