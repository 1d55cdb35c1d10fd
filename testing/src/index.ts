export { betweenEffects, forEveryEffect } from "./every-effect.ts";
export { given } from "./given.ts";
export { createInstance, type Instance } from "./instance.ts";
export { appliedProject, sha256 } from "./projects.ts";
export { createRecorder } from "./recorder.ts";
export { until } from "./until.ts";
export { startWorld, type World } from "./world.ts";
