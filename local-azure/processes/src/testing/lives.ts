import { spawnSync } from "node:child_process";

/** Whether a process of this id runs. One that was killed and that nobody has waited for yet does not. */
export function lives(id: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(id)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
