export { type Given, given, type When } from "./given.ts";
export { appliedProject, sha256 } from "./projects.ts";
export { createRecorder, type Recorder, type Said } from "./recorder.ts";
export { until, WaitedInVainError } from "./until.ts";
export { startWorld, type World } from "./world.ts";
