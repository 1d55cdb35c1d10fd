export { createObserver, type Observer } from "./observer.ts";
export { patience } from "./patience.ts";
export { duringTraffic } from "./traffic.ts";
export { followTurn, type TimeSplit, type Turn, timeSplit } from "./turn.ts";
