/** A number as people read it: four digits that matter. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e6 || (rounded !== 0 && Math.abs(rounded) < 1e-4)
    ? rounded.toExponential()
    : String(rounded);
}

export const count = (value: number): string => value.toLocaleString("en-US");

/** A difference with its sign. */
export const signed = (value: number): string => `${value > 0 ? "+" : ""}${short(value).replace("-", "−")}`;
