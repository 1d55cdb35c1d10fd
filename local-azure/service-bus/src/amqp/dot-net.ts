/** A lock token as a delivery tag: .NET writes the first three fields of a GUID little-endian. */
export function dotNetGuid(token: string): Buffer {
  const bytes = Buffer.from(token, "hex");
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

const ticksPerMillisecond = 10_000n;
const millisecondsBefore1970 = 62_135_596_800_000n;

/** A time as .NET counts it: steps of 100 ns since the year 1, in the eight bytes that `rhea` takes for a long. */
export function dotNetTicks(milliseconds: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE((BigInt(Math.trunc(milliseconds)) + millisecondsBefore1970) * ticksPerMillisecond);
  return bytes;
}
