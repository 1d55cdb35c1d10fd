export { createObserver, type Observer } from "./observer.ts";
export { patience } from "./patience.ts";
export { duringTraffic, type Traffic, type TrafficReport } from "./traffic.ts";
export { followTurn, type TimeSplit, type Turn, timeSplit } from "./turn.ts";
