/**
 * A map by whole numbers that holds at most so many keys: when there are more, all lose their last bit and those that fall
 * together are joined. How coarse it is in the end, its level, is the least that has room for all keys that ever came:
 * neither their order nor the way they were merged matters.
 */
export interface CoarseMap<Value> {
  readonly most: number;
  /** How many of their last bits the keys have lost. */
  readonly level: number;
  readonly entries: ReadonlyMap<number, Value>;
}

export type Join<Value> = (one: Value, other: Value) => Value;

/** A key, which has 32 bits at most, without its last. A shift takes their number modulo 32. */
export const keyAt = (key: number, levels: number): number => (levels < 32 ? key >>> levels : 0);

function joined<Value>(
  entries: Iterable<readonly [number, Value]>,
  levels: number,
  join: Join<Value>,
): Map<number, Value> {
  const result = new Map<number, Value>();
  for (const [fine, value] of entries) {
    const key = keyAt(fine, levels);
    const before = result.get(key);
    result.set(key, before === undefined ? value : join(before, value));
  }
  return result;
}

/** The map at a coarser level. */
export function coarsened<Value>(map: CoarseMap<Value>, level: number, join: Join<Value>): CoarseMap<Value> {
  if (level <= map.level) return map;
  return { most: map.most, level, entries: joined(map.entries, level - map.level, join) };
}

/** The map, coarsened until it holds no more keys than it may. */
export function fitted<Value>(map: CoarseMap<Value>, join: Join<Value>): CoarseMap<Value> {
  let result = map;
  while (result.entries.size > result.most) result = coarsened(result, result.level + 1, join);
  return result;
}

/** Both in one: at the coarser level of the two, or coarser. */
export function mergedMaps<Value>(one: CoarseMap<Value>, other: CoarseMap<Value>, join: Join<Value>): CoarseMap<Value> {
  const level = Math.max(one.level, other.level);
  const most = Math.min(one.most, other.most);
  const all = [...coarsened(one, level, join).entries, ...coarsened(other, level, join).entries];
  return fitted({ most, level, entries: joined(all, 0, join) }, join);
}
