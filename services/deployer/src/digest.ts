import { createHash } from "node:crypto";

/** The SHA-256 by which bundles, models and packages are named: 64 hexadecimal digits. */
export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
