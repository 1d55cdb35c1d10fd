import { type Arrow, packages } from "./imports.ts";

/** A room of the house, and what it may know. A room always knows itself. */
export interface Room {
  /** A package's folder, or a pattern: `services/*`. */
  readonly room: string;
  readonly knows: readonly string[];
}

const core = ["contracts", "state", "messaging"];

/** The house from the ground up: arrows point down this table only. */
export const rooms: readonly Room[] = [
  { room: "contracts", knows: [] },
  // What comes from outside is read here, by whoever has to: it knows of no storage and no message.
  { room: "formats", knows: ["contracts"] },
  // Pure: rows in, evidence out. It knows neither where rows come from nor what becomes of a batch.
  { room: "suspicion", knows: ["contracts"] },
  // Pure: scores of two models in, a decision out. It knows neither how they were scored nor what else decides.
  { room: "gate", knows: ["contracts"] },
  // Pure: the bytes of a model's file in, what they say of themselves out.
  { room: "onnx", knows: [] },
  // Pure: a judgement in, a page out.
  { room: "report", knows: ["contracts", "gate"] },
  { room: "state", knows: ["contracts"] },
  { room: "messaging", knows: ["contracts", "state"] },
  // What operators do with what went wrong, and what is kept of it. The command line and the console's page stand on it.
  { room: "operators", knows: core },
  // What both who trains and who judges have to know of rows. It owns no data.
  { room: "datasets", knows: [...core, "formats"] },
  // What models say of rows, each in a process of its own. It knows neither where rows come from nor what is decided by it.
  { room: "scoring", knows: ["contracts", "messaging", "gate", "onnx"] },
  // Its page shows what operators do.
  { room: "services/console", knows: [...core, "operators"] },
  // All that passes between services is a message: none knows another.
  { room: "services/*", knows: [...core, "formats", "datasets", "suspicion", "gate", "onnx", "report", "scoring"] },
  // Usable by any project: it knows nothing of Ratchet, and its parts know of each other what is said here.
  { room: "local-azure/http", knows: [] },
  { room: "local-azure/processes", knows: [] },
  { room: "local-azure/identity", knows: ["local-azure/http"] },
  // It answers who may do what; servers ask it, and it knows none of them.
  { room: "local-azure/authorization", knows: [] },
  {
    room: "local-azure/storage",
    knows: ["local-azure/authorization", "local-azure/http", "local-azure/identity", "local-azure/processes"],
  },
  { room: "local-azure/resource-manager", knows: ["local-azure/authorization", "local-azure/http"] },
  { room: "local-azure/functions-host", knows: ["local-azure/http", "local-azure/processes"] },
  { room: "local-azure/service-bus", knows: ["local-azure/authorization", "local-azure/http"] },
  {
    room: "local-azure/event-grid",
    knows: ["local-azure/authorization", "local-azure/http", "local-azure/resource-manager"],
  },
  { room: "local-azure/machine-learning", knows: ["local-azure/resource-manager"] },
  {
    room: "local-azure/app-service",
    knows: [
      "local-azure/authorization",
      "local-azure/http",
      "local-azure/functions-host",
      "local-azure/resource-manager",
    ],
  },
  { room: "local-azure/stack", knows: ["local-azure/*"] },
  { room: "testing", knows: [...core, "local-azure/identity", "local-azure/storage"] },
  // All services in one process: what they are on Azure stands behind the same gateways.
  { room: "simulation", knows: [...core, "scoring", "services/*", "local-azure/service-bus"] },
  { room: "training", knows: ["contracts"] },
  { room: "scripts", knows: ["*"] },
  { room: "cdktf", knows: ["contracts"] },
  { room: "pipelines", knows: ["contracts"] },
  // What runs here is what infrastructure says: names, and who may do what.
  {
    room: "cli",
    knows: [...core, "operators", "formats", "suspicion", "gate", "scoring", "report", "cdktf", "local-azure/*"],
  },
  { room: "test", knows: ["*"] },
  { room: "bench", knows: ["*"] },
];

/** What tests, and what helps them, may know besides: they run against the real servers. */
const testsKnow = (room: string | undefined): readonly string[] => {
  if (room === "testing") return [];
  return room?.startsWith("local-azure/") ? ["local-azure/*"] : ["testing", "local-azure/*", "pipelines"];
};

/** What one room may take from another all the same, each for a reason. */
const exceptions: readonly { readonly from: RegExp; readonly to: RegExp; readonly because: string }[] = [
  {
    from: /^services\/[^/]+\/src\/.*\.test\.ts$|^services\/inference\/src\/build-release\.ts$/,
    to: /^services\/inference\/src\/build-release\.ts$|^pipelines\/src\/bundle-service\.ts$/,
    because: "building a bundle is a matter of the workspace",
  },
  {
    from: /^vitest\.config\.ts$/,
    to: /^test\//,
    because: "a run's order and its closing line are matters of the tests",
  },
];

/** Whether a file is a test or helps tests. */
export const isTest = (path: string): boolean => /\.test\.ts$|(^|\/)(testing|conformance|fixtures)\//.test(path);

/** Folders that are rooms without being packages. */
const besides = ["scripts", "training"];

const matches = (pattern: string, room: string): boolean =>
  pattern === "*" || pattern === room || (pattern.endsWith("/*") && room.startsWith(pattern.slice(0, -1)));

/** Whether a row is of a folder that is no package. */
export const isBesides = ({ room }: Room): boolean => besides.includes(room);

/** The row of the table for a room. */
export const rowFor = (room: string): Room | undefined => rooms.find((row) => matches(row.room, room));

const folders = [...packages.map(({ folder }) => folder), ...besides].sort((a, b) => b.length - a.length);

/** The room that a file is in. */
export const roomOf = (path: string): string | undefined => folders.find((folder) => path.startsWith(`${folder}/`));

/** The imports that the table does not allow, in words. */
export function faultsOf(imports: readonly Arrow[]): readonly string[] {
  return imports.flatMap(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)];
    if (other === undefined || room === other) return [];
    if (exceptions.some((exception) => exception.from.test(from) && exception.to.test(to))) return [];
    const knows = [...(rowFor(room ?? "")?.knows ?? []), ...(isTest(from) ? testsKnow(room) : [])];
    if (knows.some((pattern) => matches(pattern, other))) return [];
    return [`${from} imports ${to}: ${room ?? "it"} may know ${knows.join(", ") || "nothing"}`];
  });
}
