/** The places of the rows that are the first of their identity: the same row again is no more evidence. */
export function distinctRows(identities: readonly string[]): Int32Array {
  const seen = new Set<string>();
  const places: number[] = [];
  for (const [place, identity] of identities.entries()) {
    if (seen.has(identity)) continue;
    seen.add(identity);
    places.push(place);
  }
  return Int32Array.from(places);
}
