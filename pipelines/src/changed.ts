/**
 * Usage: node pipelines/src/changed.ts <commit> <commit>
 *
 * Prints what is to be delivered between two commits, as outputs of a GitHub Actions step. A first commit that is not
 * there, as after a forced push, means everything.
 */
import { execFileSync } from "node:child_process";
import { services } from "@ratchet/contracts";
import { changedDeliverables, deliverables } from "./deliverables.ts";

function changedBetween(from: string, to: string): readonly string[] {
  try {
    const files = execFileSync("git", ["diff", "--name-only", from, to], { encoding: "utf8", stdio: "pipe" });
    return changedDeliverables(files.split("\n").filter(Boolean));
  } catch {
    return Object.keys(deliverables);
  }
}

const [from, to] = process.argv.slice(2);
if (!from || !to) {
  console.error("usage: node pipelines/src/changed.ts <commit> <commit>");
  process.exit(64);
}
const changed = changedBetween(from, to);
console.log(`infrastructure=${changed.includes("infrastructure")}`);
console.log(`inference=${changed.includes("inference")}`);
console.log(`services=${JSON.stringify(services.filter((service) => changed.includes(service)))}`);
