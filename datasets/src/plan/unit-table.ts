/** No row of a unit counts so far. */
export const noBatch = -1;

/** That a row of the unit was on the training side at some time. */
export const onceTrained = 1;
/** That rows of the unit have different labels. */
export const contradicted = 2;

const columnsOf = (length: number) => ({
  high: new Uint32Array(length),
  low: new Uint32Array(length),
  /** The batch of the row that counts; {@link noBatch} where none does. */
  batch: new Int32Array(length),
  /** The batch that brought the unit first, withdrawn or not. */
  first: new Int32Array(length),
  /** The row that counts, as it stands in its record. */
  row: new Uint32Array(length),
  label: new Uint32Array(length),
  place: new Float64Array(length),
  flags: new Uint8Array(length),
});

type Columns = ReturnType<typeof columnsOf>;

/** Half full at most, so that few places are looked at for each unit. */
const placesPerUnit = 2;

/**
 * The units of a range, and what is known of each: a hash table with open addressing over columns of numbers. It grows with
 * the number of units, never with that of their rows, and keeps its size when it is cleared.
 */
export class UnitTable {
  /** How many units there are: they have the numbers from 0. */
  size = 0;
  columns: Columns;
  /** Of each place the unit that is there, its number plus one; 0 where it is free. */
  #places: Int32Array;

  /** @param expected how many units there will be, about. */
  constructor(expected: number) {
    const length = 2 ** Math.ceil(Math.log2(Math.max(expected, 8)));
    this.columns = columnsOf(length);
    this.#places = new Int32Array(length * placesPerUnit);
  }

  /** The number of a unit, which is new to the table or known to it. */
  numberOf(high: number, low: number): number {
    const mask = this.#places.length - 1;
    let place = placeIn(mask, high, low);
    for (let number = this.#places[place]; number !== 0; number = this.#places[place]) {
      const unit = (number as number) - 1;
      if (this.columns.low[unit] === low && this.columns.high[unit] === high) return unit;
      place = (place + 1) & mask;
    }
    if (this.size === this.columns.high.length) {
      this.#grow();
      return this.numberOf(high, low);
    }
    const unit = this.size;
    this.#places[place] = unit + 1;
    this.columns.high[unit] = high;
    this.columns.low[unit] = low;
    this.columns.batch[unit] = noBatch;
    this.columns.first[unit] = noBatch;
    this.columns.flags[unit] = 0;
    this.size += 1;
    return unit;
  }

  clear(): void {
    this.size = 0;
    this.#places.fill(0);
  }

  #grow(): void {
    const { columns } = this;
    const length = columns.high.length * 2;
    this.columns = columnsOf(length);
    for (const name of Object.keys(columns) as (keyof Columns)[]) this.columns[name].set(columns[name]);
    this.#places = new Int32Array(length * placesPerUnit);
    const mask = this.#places.length - 1;
    for (let unit = 0; unit < this.size; unit += 1) {
      let place = placeIn(mask, columns.high[unit] ?? 0, columns.low[unit] ?? 0);
      while (this.#places[place] !== 0) place = (place + 1) & mask;
      this.#places[place] = unit + 1;
    }
  }
}

/** Units are hashes already, but those of a range begin alike. */
function placeIn(mask: number, high: number, low: number): number {
  const mixed = Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & mask;
}
