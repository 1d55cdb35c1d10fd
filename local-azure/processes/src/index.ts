export { describeProcess, type ProcessDescription } from "./describe-process.ts";
export { FolderInUseError, type FolderLock, lockFolder } from "./folder-lock.ts";
export { howItEnded } from "./how-it-ended.ts";
export { keepLastLines } from "./last-lines.ts";
export { ownFolder } from "./own-folder.ts";
export { portHolder } from "./port-holder.ts";
export { type NodeProcessOptions, startNode } from "./start-node.ts";
