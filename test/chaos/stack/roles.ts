import { join, relative, sep } from "node:path";
import { services } from "@ratchet/contracts";
import type { Process } from "../machine/processes.ts";

/** What a process of the stack is there for. */
export type Role =
  /** `ratchet up` itself, with the servers that live in it. */
  | { readonly kind: "main" }
  | { readonly kind: "storage" }
  | { readonly kind: "service"; readonly name: string }
  /** A process that serves an app, in production or in staging. */
  | { readonly kind: "app"; readonly name: string }
  | { readonly kind: "job"; readonly name: string }
  /** The shells, guards and helpers of others. */
  | { readonly kind: "other" };

const root = join(import.meta.dirname, "../../..");
const serviceFolders = new Map(services.map((name) => [join(root, "services", name), name]));

/** @param folder where the stack keeps its state. */
export function roleOf({ command, folder: runsIn }: Process, folder: string): Role {
  if (command.includes("cli/src/main.ts")) return { kind: "main" };
  if (command.includes("local-azure/storage/src/service-process.ts")) return { kind: "storage" };
  const service = serviceFolders.get(runsIn);
  if (service) return { kind: "service", name: service };
  const [part, name = ""] = relative(folder, runsIn).split(sep);
  if (part === "app-service") return { kind: "app", name };
  if (part === "machine-learning") return { kind: "job", name: jobIn(command) };
  return { kind: "other" };
}

/** The run that a job's command is of: its shell has the run's id in what it will write at its end. */
const jobIn = (command: string): string => /"runId":"([^"]+)"/.exec(command)?.[1] ?? "";

export const roleInWords = (role: Role): string => {
  switch (role.kind) {
    case "main":
      return "ratchet up";
    case "service":
      return `the ${role.name}`;
    case "app":
      return `a process of ${role.name}`;
    case "job":
      return `the job ${role.name}`.trimEnd();
    default:
      return role.kind;
  }
};
