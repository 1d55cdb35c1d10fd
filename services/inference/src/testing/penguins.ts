import type { ReleaseManifest } from "@ratchet/contracts";
import { classifierManifest, fixture, sha256 } from "./packages.ts";

export const penguins = await fixture("penguins");

/** A release of `penguins.onnx`, whose scores are the island's index, a tenth of the bill, and the sum of all else. */
export const penguinsManifest: ReleaseManifest = {
  ...classifierManifest,
  model: "penguins",
  onnx: sha256(penguins),
  signature: {
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 7] }],
    outputs: [{ name: "scores", datatype: "FP32", shape: [-1, 3] }],
    classes: ["Adelie", "Chinstrap", "Gentoo"],
    rows: {
      columns: [
        { name: "island", type: "category", values: ["Biscoe", "Dream", "Torgersen"], optional: false },
        { name: "bill", type: "number", min: 0, max: 100, optional: false, unit: "mm" },
        { name: "mass", type: "integer", optional: true, unit: "g" },
        { name: "seen", type: "date", optional: false, origin: "2024-01-01" },
        { name: "tagged", type: "boolean", optional: false, default: "false" },
        { name: "band[1..2]", type: "integer", min: 0, max: 9, optional: false, default: "0" },
      ],
      label: { name: "species" },
    },
  },
  golden: {
    input: "features",
    output: "scores",
    rows: [[2, 10, null, 1, 0, 3, 4]],
    expected: [[2, 1, 8]],
    tolerance: 1e-4,
  },
};

/** A row that fits. */
export const penguin = { island: "Torgersen", bill: 10, seen: "2024-01-02", band: [3, 4] };

/** The same release with columns that were changed. */
export function withColumns(
  change: (columns: NonNullable<ReleaseManifest["signature"]["rows"]>["columns"]) => readonly object[],
): ReleaseManifest {
  const { rows } = penguinsManifest.signature;
  const columns = rows ? change(rows.columns) : [];
  return {
    ...penguinsManifest,
    signature: { ...penguinsManifest.signature, rows: { columns, label: { name: "species" } } },
  } as ReleaseManifest;
}
