/** Numbers as keys: whole numbers in the same order, so that bins are ranges of keys and their edges depend on no data. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const sign = 0x80000000;

/**
 * The place of a number among all of single precision, from 0 to 2^32 - 1. Models compute in single precision, so what falls
 * together here is one to them. Nearby keys are nearby numbers: about 2^23 keys lie between a power of two and the next.
 */
export function orderedKey(value: number): number {
  float[0] = value;
  if (float[0] === 0) return sign;
  const [pattern = 0] = bits;
  return (pattern & sign) === 0 ? (pattern | sign) >>> 0 : ~pattern >>> 0;
}

/** The number at a key. */
function keyedValue(key: number): number {
  bits[0] = key >= sign ? key - sign : ~key;
  return float[0] ?? Number.NaN;
}

/** The first and the last number of a bin: of all keys that agree but for their last `level` bits. */
export function binRange(bin: number, level: number): { readonly from: number; readonly to: number } {
  const width = 2 ** level;
  return { from: keyedValue(bin * width), to: keyedValue(bin * width + width - 1) };
}
