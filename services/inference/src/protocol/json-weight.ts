/**
 * What parsed JSON takes of memory at most, in bytes for each such character, as it was measured in V8 13: an empty object takes 60,
 * a number of an array 10, a text of some letters 20, a property that no other object has 40. Within texts they count as well.
 */
const plain: Readonly<Record<string, number>> = { "[": 60, "{": 60, ",": 12, '"': 10, ":": 40 };

/** The same where each value's source is kept beside it while parsing. */
const withSources: Readonly<Record<string, number>> = { "[": 260, "{": 260, ",": 100, '"': 15, ":": 50 };

const tableOf = (weights: Readonly<Record<string, number>>): Float64Array =>
  Float64Array.from({ length: 256 }, (_, byte) => 1 + (weights[String.fromCharCode(byte)] ?? 0));

const tables = { plain: tableOf(plain), withSources: tableOf(withSources) };

/** How much memory a JSON text may take when it is parsed, in bytes, before it is. */
export function jsonWeight(json: Uint8Array, keepsSources: boolean): number {
  const table = keepsSources ? tables.withSources : tables.plain;
  let sum = 0;
  for (let at = 0; at < json.length; at += 1) sum += table[json[at] as number] as number;
  return sum;
}
