/** A number with three significant digits and thousands parted: 12,300 · 4.56 · 0.0789. */
export const shortNumber = (value: number): string => {
  if (value === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

export const ratio = (value: number): string => `${value.toFixed(2)}×`;
