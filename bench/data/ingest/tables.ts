import { type Definition, parseDefinition } from "@ratchet/contracts";

/** Rows that a file is made of. */
export interface Table {
  readonly definition: Definition;
  /** The rows from the first on, without end, as CSV without line breaks; the same for the same seed. */
  rows(seed: number): Generator<string>;
}

export const tableNames = ["long", "wide"] as const;
export type TableName = (typeof tableNames)[number];

const definitionOf = (model: string, label: string, schema: string): Definition =>
  parseDefinition(`
model: ${model}
task: classification
data:
  label: ${label}
  holdout: 0.2
  schema:
${schema}
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.5 } } }
deploy: { app: inference-${model} }
`);

/** mulberry32: whole numbers from 0 to before `end`. */
function randomFrom(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}

const regions = ["coast", "delta", "desert", "forest", "hills", "islands", "mountains", "plain"] as const;
const skies = ["drizzle", "fog", "rain", "snow", "sun"] as const;
const stations = 2_000;

const tenths = (value: number): string => (value / 10).toString();

/** Nine columns as of weather, a day of so many stations after the other. */
const long: Table = {
  definition: definitionOf(
    "weather",
    "weather",
    `
    - { name: date, type: date }
    - { name: station, type: integer, min: 0, max: ${stations - 1} }
    - { name: region, type: category, values: [${regions.join(", ")}] }
    - { name: precipitation, type: number, min: 0 }
    - { name: temp_max, type: number, min: -60, max: 60 }
    - { name: temp_min, type: number, min: -60, max: 60 }
    - { name: wind, type: number, min: 0, optional: true }
    - { name: windy, type: boolean }
    - { name: weather, type: category, values: [${skies.join(", ")}] }`,
  ),
  *rows(seed) {
    const random = randomFrom(seed);
    for (let day = 0; ; day += 1) {
      const date = new Date(Date.UTC(1970, 0, 1 + day)).toISOString().slice(0, 10);
      for (let station = 0; station < stations; station += 1) {
        const coldest = random(500) - 200;
        const wind = random(150);
        const sky = random(skies.length);
        const rain = sky === 4 ? 0 : random(400);
        yield `${date},${station},${regions[station % regions.length]},${tenths(rain)},${tenths(coldest + random(150))},${tenths(coldest)},${random(50) === 0 ? "" : tenths(wind)},${wind > 100},${skies[sky]}`;
      }
    }
  },
};

const side = 28;

/** A line of a picture: mostly empty, with a stroke in it. */
function pictureLine(random: (end: number) => number): string {
  const from = random(side);
  const to = Math.min(side, from + random(9));
  return Array.from({ length: side }, (_, at) => (at >= from && at < to ? random(256) : 0)).join(",");
}

/** A label and 784 grey values, as of handwritten digits; the lines of the pictures come from a stock. */
const wide: Table = {
  definition: definitionOf(
    "digits",
    "label",
    `
    - { name: label, type: integer, min: 0, max: 9 }
    - { name: "pixel[0..783]", type: integer, min: 0, max: 255 }`,
  ),
  *rows(seed) {
    const random = randomFrom(seed);
    const stock = Array.from({ length: 1_000 }, () => pictureLine(random));
    for (;;) {
      const lines = Array.from({ length: side }, () => stock[random(stock.length)]);
      yield `${random(10)},${lines.join(",")}`;
    }
  },
};

export const tables: Readonly<Record<TableName, Table>> = { long, wide };
