/** A value that cannot be text; the message says why and what to do. */
export class ValueFault extends Error {
  override readonly name = "ValueFault";
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws {ValueFault} when the bytes are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new ValueFault("a value is not UTF-8 text; write the column as strings");
  }
  if (text.includes("\0")) throw new ValueFault("a value has a NUL character, which no field may have");
  return text;
}

/** The shortest text that is read back as the same number; empty for not-a-number, which is a missing value. */
export const textOfDouble = (value: number): string => (Number.isNaN(value) ? "" : String(value === 0 ? 0 : value));

/** As {@link textOfDouble}, of a number in single precision: `0.1`, not `0.10000000149011612`. */
export function textOfFloat(value: number): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) <= 2 ** 24)) return textOfDouble(value);
  // Six digits or fewer never stand for the same float twice, unless it is subnormal; nine always tell two apart (IEEE 754).
  const least = Math.abs(value) < 2 ** -126 ? 1 : 6;
  for (let digits = least; digits < 9; digits += 1) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return String(shorter);
  }
  return String(Number(value.toPrecision(9)));
}

/** A number in half precision (IEEE 754 binary16), little-endian. */
export function halfOfBytes(bytes: Uint8Array): number {
  const bits = ((bytes[1] ?? 0) << 8) | (bytes[0] ?? 0);
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

/** An integer as its bytes in two's complement, the greatest first. */
export function integerOfBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${digits}`));
}

/** A decimal, exactly: `unscaled` × 10^-`scale`, the scale's zeros left out. */
export function textOfDecimal(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = String(negative ? -unscaled : unscaled).padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  const whole = scale === 0 ? digits : digits.slice(0, digits.length - scale);
  return `${negative ? "-" : ""}${whole}${scale === 0 || fraction === "" ? "" : `.${fraction}`}`;
}

const units = {
  MILLIS: { perSecond: 1_000n, digits: 3 },
  MICROS: { perSecond: 1_000_000n, digits: 6 },
  NANOS: { perSecond: 1_000_000_000n, digits: 9 },
} as const;

export type Unit = keyof typeof units;

const secondsPerDay = 86_400;
const firstSecond = Date.parse("0000-01-01T00:00:00Z") / 1000;
const lastSecond = Date.parse("9999-12-31T23:59:59Z") / 1000;

/** ISO 8601 without fractions of a second: `2024-03-31T12:00:00`. */
function isoSeconds(seconds: number): string {
  if (!(seconds >= firstSecond && seconds <= lastSecond)) throw new ValueFault("a date outside the years 0 to 9999");
  return new Date(seconds * 1000).toISOString().slice(0, 19);
}

/** Days since 1970-01-01 as `2024-03-31`. @throws {ValueFault} when its year has not four digits. */
export const textOfDays = (days: number): string => isoSeconds(days * secondsPerDay).slice(0, 10);

/**
 * An instant since 1970-01-01 in UTC as `2024-03-31T12:00:00.5Z`, with as many digits as it needs. One that was written
 * without a time zone is taken to be UTC, as in all other formats.
 * @throws {ValueFault} when its year has not four digits.
 */
export function textOfInstant(ticks: bigint, unit: Unit): string {
  const { perSecond, digits } = units[unit];
  const within = ((ticks % perSecond) + perSecond) % perSecond;
  const whole = isoSeconds(Number((ticks - within) / perSecond));
  const fraction = String(within).padStart(digits, "0").replace(/0+$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`}Z`;
}

const julianDayOf1970 = 2_440_588n;
const nanosecondsPerDay = 86_400_000_000_000n;

/** Nanoseconds since 1970-01-01 of an INT96, as Spark and Hive write instants: days in the upper bits, the rest in the lower 64. */
export const nanosecondsOfInt96 = (value: bigint): bigint =>
  ((value >> 64n) - julianDayOf1970) * nanosecondsPerDay + BigInt.asUintN(64, value);

/** Bytes of a UUID with its hyphens. */
export function textOfUuid(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    "-",
  );
}
