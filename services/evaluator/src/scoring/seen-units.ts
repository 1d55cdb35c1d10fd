/** Units of rows that have been met, in memory that grows by 8 to 32 bytes for each. */
export interface SeenUnits {
  /** Notes a unit, and tells whether it is new. */
  add(unit: readonly [high: number, low: number]): boolean;
}

const smallest = 1024;

/** 53 of a unit's 64 bits: no two of a hundred million rows are likely to share them. Never 0, which stands for a free place. */
const keyOf = ([high, low]: readonly [number, number]): number => high * 2 ** 21 + (low >>> 11) + 1;

export function seenUnits(): SeenUnits {
  let table = new Float64Array(smallest);
  let count = 0;

  /** Where a key stands, or would. */
  function placeOf(key: number): number {
    const mask = table.length - 1;
    const mixed = Math.imul((key / 2 ** 21) ^ key, 0x9e3779b1);
    let place = (mixed ^ (mixed >>> 15)) & mask;
    while (table[place] !== 0 && table[place] !== key) place = (place + 1) & mask;
    return place;
  }

  function grow(): void {
    const former = table;
    table = new Float64Array(former.length * 2);
    for (const key of former) if (key !== 0) table[placeOf(key)] = key;
  }

  return {
    add(unit) {
      const key = keyOf(unit);
      const place = placeOf(key);
      if (table[place] === key) return false;
      table[place] = key;
      count += 1;
      if (count * 2 > table.length) grow();
      return true;
    },
  };
}
