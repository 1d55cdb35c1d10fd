import {
  batchEvidence,
  type ChampionScore,
  type Evidence,
  type Profile,
  usualSuspicionPolicy,
} from "@ratchet/contracts";
import { beforeAll, describe, expect, test } from "vitest";
import { mergeAll } from "../profile/merge-profiles.ts";
import { emptyProfile } from "../profile/profile.ts";
import {
  changeColumn,
  flipLabels,
  insertValue,
  loseColumn,
  scaleColumn,
  shiftColumn,
  shuffleLabels,
  swapColumns,
} from "../testing/poisonings.ts";
import { randomFrom, shuffled } from "../testing/random.ts";
import { digits, penguins, weather } from "../testing/real-tables.ts";
import { definitionOf, profileOf, type Table } from "../testing/table.ts";
import { compare, mostFindings } from "./compare.ts";
import { fateOf } from "./fate.ts";
import { compareLabelFit } from "./label-fit.ts";

type Rows = Table["rows"];

/** A real table, some of its rows before and some in a batch. */
interface Given {
  readonly table: Table;
  readonly before: Profile;
  readonly rows: Rows;
}

let given: { readonly weather: Given; readonly penguins: Given; readonly digits: Given };

async function split(load: () => Promise<Table>, before: number, batch: number): Promise<Given> {
  const table = await load();
  const rows = table.rows.slice(before, before + batch);
  return { table, before: profileOf(table, table.rows.slice(0, before)), rows };
}

beforeAll(async () => {
  given = {
    weather: await split(weather, 1000, 200),
    penguins: await split(penguins, 240, 100),
    digits: await split(digits, 2000, 300),
  };
});

const compareRows = ({ table, before }: Given, rows: Rows, championScore?: ChampionScore): Evidence =>
  compare({ batch: profileOf(table, rows), before, championScore }, table.definition, usualSuspicionPolicy);

const kindsOf = ({ findings }: Evidence): readonly string[] =>
  findings.map(({ kind, column }) => (column === undefined ? kind : `${kind} of ${column}`));

const names = ["weather", "penguins", "digits"] as const;

describe("a batch like those before", () => {
  test.each(names)("of %s does not stand out", (name) => {
    const evidence = compareRows(given[name], given[name].rows);
    expect(evidence).toMatchObject({ standsOut: false, findings: [], found: 0, tooFew: false });
    expect(evidence.summary).toMatch(
      /^Nothing stands out in \d+ comparisons of \d+ columns, \d+ rows with \d+ before\.$/,
    );
  });

  // Promised is one in a hundred; of 200, five or more would come by chance less often than once in 20 times if it were that.
  test.each([
    ["weather", 120],
    ["penguins", 60],
  ] as const)("of %s stands out by chance no more often than promised", (name, size) => {
    const { table } = given[name];
    let [standing, trials] = [0, 0];
    for (let seed = 1; trials < 200; seed += 1) {
      const rows = shuffled(table.rows, randomFrom(seed));
      const batches = Array.from({ length: Math.floor(rows.length / size) }, (_, index) =>
        profileOf(table, rows.slice(index * size, (index + 1) * size)),
      );
      for (const batch of batches) {
        const before = mergeAll(batches.filter((one) => one !== batch));
        if (compare({ batch, before }, table.definition, usualSuspicionPolicy).standsOut) standing += 1;
        trials += 1;
      }
    }
    expect(standing).toBeLessThan(5);
  });

  test("stands out for no trifle, however many rows show it", () => {
    const definition = definitionOf(
      "classification",
      "label",
      "{ name: x, type: number }, { name: label, type: boolean }",
    );
    const random = randomFrom(9);
    const rows = (count: number, by: number): Rows =>
      Array.from({ length: count }, (_, index) => [String(random() + by), index % 2 === 0 ? "true" : "false"]);
    const [batch, before] = [
      profileOf({ definition }, rows(100_000, 0.02)),
      profileOf({ definition }, rows(100_000, 0)),
    ];
    expect(compare({ batch, before }, definition, usualSuspicionPolicy).standsOut).toBe(false);
    // Without a threshold it does: the shift is there, and shown.
    expect(compare({ batch, before }, definition, { ...usualSuspicionPolicy, maxPsi: 0 }).standsOut).toBe(true);
  });

  test("may have later dates, and other numbers and names in what the model does not see", () => {
    const definition = definitionOf(
      "classification",
      "label",
      `{ name: day, type: date }, { name: id, type: integer, feature: false }, { name: customer, type: text, feature: false },
       { name: x, type: number }, { name: label, type: boolean }`,
    );
    const random = randomFrom(10);
    const rows = (year: number, from: number): Rows =>
      Array.from({ length: 200 }, (_, index) => [
        `${year}-03-31`,
        String(from + index),
        `C-${from + index}`,
        String(random()),
        random() < 0.5 ? "true" : "false",
      ]);
    const [batch, before] = [profileOf({ definition }, rows(2026, 10_000)), profileOf({ definition }, rows(2024, 0))];
    expect(compare({ batch, before }, definition, usualSuspicionPolicy).findings).toEqual([]);
  });
});

describe("labels that belong to other rows", () => {
  test.each([
    ["weather", "temp_max"],
    ["penguins", "species"],
    ["digits", "label"],
  ] as const)("are found in %s, though no column by itself shows it", (name, label) => {
    const { table, rows } = given[name];
    const { findings } = compareRows(given[name], shuffleLabels(table, rows, 7));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ kind: "label-fit", column: label, limit: 0.2 });
    expect(findings[0]?.effect).toBeGreaterThan(0.75);
    expect(findings[0]?.probability).toBeLessThan(1e-12);
    expect(findings[0]?.sentence).toMatch(/ \d+\.\d % of that relation is left, and 80\.0 % is asked for\.$/);
  });

  test.each(names)("are found in %s where it is four in ten, and how many is told", (name) => {
    const { table, rows } = given[name];
    const [first] = compareRows(given[name], shuffleLabels(table, rows, 8, 0.4)).findings;
    expect(first?.kind).toBe("label-fit");
    expect(first?.effect).toBeGreaterThan(0.25);
    expect(first?.effect).toBeLessThan(0.6);
  });

  test("are found by the one class that they were given", () => {
    const { table, rows } = given.digits;
    // Half of all sevens are said to be ones: a twentieth of all rows.
    const changed = changeColumn(table, rows, "label", (text, row) => (text === "7" && row % 2 === 0 ? "1" : text));
    const [first, ...others] = compareRows(given.digits, changed).findings;
    expect(first?.sentence).toMatch(/^Rows whose label is 1 do not look as such rows did before: /);
    expect(others).toEqual([]);
  });

  test("are told from those that are known by few rows: what is left is about all, whatever was fitted to chance", () => {
    const { table } = given.digits;
    // Six rows of each digit before: their means are mostly chance, and so would be a fit to them.
    const left = Array.from({ length: 10 }, (_, index) => {
      const rows = table.rows.slice(index * 400, (index + 1) * 400);
      const [before, batch] = [profileOf(table, rows.slice(0, 60)), profileOf(table, rows.slice(60))];
      const pairs = Object.entries(batch.bonds).map(([made, bond]) => ({
        batch: bond,
        before: before.bonds[made] ?? bond,
      }));
      const [whole] = pairs.flatMap((bonds) =>
        compareLabelFit(
          bonds,
          { column: "label", label: "label", nameOf: String },
          { ...usualSuspicionPolicy, minRows: 20 },
        ),
      );
      return 1 - (whole?.effect ?? Number.NaN);
    });
    const mean = left.reduce((sum, one) => sum + one, 0) / left.length;
    expect(mean).toBeGreaterThan(0.85);
    expect(mean).toBeLessThan(1.15);
  });

  test("are found however few rows have numbers missing, which lie far from all others", () => {
    const { table, rows } = given.penguins;
    const lost = rows.map((row, index) =>
      index % 20 === 0 ? row.map((text, at) => (at > 1 && at < 6 ? "" : text)) : row,
    );
    const { findings } = compareRows(given.penguins, shuffleLabels(table, lost, 7));
    const fit = findings.find(({ kind }) => kind === "label-fit");
    expect(fit?.effect).toBeGreaterThan(0.75);
    expect(fit?.probability).toBeLessThan(1e-9);
  });

  test("are found in rows of which all have numbers missing, and told as that", () => {
    const { table } = given.penguins;
    const rows = loseColumn(table, table.rows, "body_mass", 1, 1);
    const [before, batch] = [
      profileOf(table, rows.slice(0, 240)),
      profileOf(table, shuffleLabels(table, rows.slice(240), 2)),
    ];
    const [first] = compare({ batch, before }, table.definition, usualSuspicionPolicy).findings;
    expect(first?.sentence).toMatch(
      /^The labels \(species, where numbers are missing\) do not go with the features as before: /,
    );
    expect(first?.column).toBe("species");
  });

  test("are drawn class by class, as what is left of how it was", () => {
    const { table, rows } = given.penguins;
    const [first] = compareRows(given.penguins, flipLabels(table, rows, 3, 0.5)).findings;
    expect(first?.bars.map(({ label, before }) => [label, before])).toEqual([
      ["Adelie", 1],
      ["Chinstrap", 1],
      ["Gentoo", 1],
    ]);
    for (const { batch } of first?.bars ?? []) expect(batch).toBeLessThan(0.75);
  });
});

describe("a batch of which something was done to a column", () => {
  test("in another unit is found by its numbers, and told by mean and deviation", () => {
    const { table, rows } = given.penguins;
    const evidence = compareRows(given.penguins, scaleColumn(table, rows, "beak_depth", 0.1));
    expect(kindsOf(evidence)).toContain("out-of-range of beak_depth");
    const spread = evidence.findings.find(({ kind }) => kind === "distribution");
    expect(spread?.sentence).toMatch(
      /^beak_depth is spread otherwise than before: 1\.7\d ± 0\.\d+ \(mean and deviation\), before 17\.\d ± 1\.\d+; its stability index is \d/,
    );
  });

  test("shifted is found", () => {
    const { table, rows } = given.weather;
    expect(kindsOf(compareRows(given.weather, shiftColumn(table, rows, "temp_min", 5)))).toContain(
      "distribution of temp_min",
    );
  });

  test("missing in a third is found, and only that", () => {
    const { table, rows } = given.weather;
    const evidence = compareRows(given.weather, loseColumn(table, rows, "wind", 0.33, 5));
    expect(kindsOf(evidence)).toEqual(["missing of wind"]);
    expect(evidence.findings[0]).toMatchObject({ effect: 0.33, limit: 0.05 });
    expect(evidence.summary).toMatch(
      /^wind is missing in 33\.0 % of rows, before it was in 0\.0 %\. It alone stands out in /,
    );
  });

  test("with a category that never came is found by its name", () => {
    const { table, rows } = given.weather;
    const evidence = compareRows(
      given.weather,
      insertValue(table, rows, { name: "weather", value: "hail", share: 0.1, seed: 6 }),
    );
    expect(kindsOf(evidence)).toEqual(["new-values of weather"]);
    expect(evidence.findings[0]?.sentence).toBe('weather has values that never came before in 10.0 % of rows: "hail".');
    expect(evidence.findings[0]?.bars).toContainEqual({ label: "hail", batch: 0.1, before: 0 });
  });

  test("swapped with another is found in both", () => {
    const { table, rows } = given.penguins;
    const kinds = kindsOf(compareRows(given.penguins, swapColumns(table, rows, "beak_length", "beak_depth")));
    expect(kinds).toContain("distribution of beak_length");
    expect(kinds).toContain("distribution of beak_depth");
  });

  test("is found where labels come in other shares", () => {
    const { rows } = given.digits;
    const evidence = compareRows(
      given.digits,
      rows.filter(([label]) => Number(label) < 5),
    );
    expect(evidence.findings.some(({ kind, column }) => kind === "label-shares" && column === "label")).toBe(true);
  });

  test("with one absurd number is found by how far it is", () => {
    const { table, rows } = given.weather;
    const absurd = changeColumn(table, rows, "precipitation", (text, row) => (row === 17 ? "99999" : text));
    const evidence = compareRows(given.weather, absurd);
    expect(kindsOf(evidence)).toEqual(["far-out of precipitation"]);
    expect(evidence.findings[0]?.sentence).toMatch(
      /^precipitation has a value of 100,000, 1,\d+ times the former range /,
    );
  });

  test("of a thousand findings names the heaviest, and says how many there are", () => {
    const { rows } = given.digits;
    const negative = rows.map(([label = "", ...pixels]) => [
      label,
      ...pixels.map((grey) => String(255 - Number(grey))),
    ]);
    const evidence = compareRows(given.digits, negative);
    expect(evidence.findings).toHaveLength(mostFindings);
    expect(evidence.found).toBeGreaterThan(500);
    const weights = evidence.findings.map(({ effect, limit }) => effect / limit);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    const kept = { ...batchEvidence.example, ...evidence };
    expect(batchEvidence.parse(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  });
});

describe("the champion", () => {
  const clean = (score: ChampionScore): Evidence => compareRows(given.weather, given.weather.rows, score);

  test("that is right much less often makes a batch stand out", () => {
    const { findings } = clean({ batch: { right: 20, wrong: 40 }, others: { right: 540, wrong: 60 } });
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      "The champion is right on 33.3 % of the batch's 60 held-out rows, and on 90.0 % of the others.",
    ]);
  });

  test("whose losses are much higher makes a batch stand out", () => {
    const { findings } = clean({
      batch: { rows: 60, mean: 30, variance: 900 },
      others: { rows: 600, mean: 8, variance: 100 },
    });
    expect(findings.map(({ sentence }) => sentence)).toEqual([
      "The champion's mean loss is 30 on the batch's 60 held-out rows, and 8 on the others.",
    ]);
  });

  test.each<ChampionScore>([
    { batch: { right: 60, wrong: 0 }, others: { right: 300, wrong: 300 } },
    { batch: { right: 52, wrong: 8 }, others: { right: 540, wrong: 60 } },
    { batch: { right: 86_000, wrong: 14_000 }, others: { right: 900_000, wrong: 100_000 } },
    { batch: { right: 0, wrong: 0 }, others: { right: 540, wrong: 60 } },
    { batch: { rows: 60, mean: 1, variance: 1 }, others: { rows: 600, mean: 8, variance: 100 } },
    { batch: { rows: 60, mean: 9, variance: 100 }, others: { rows: 600, mean: 8, variance: 100 } },
    { batch: { rows: 1, mean: 90, variance: 0 }, others: { rows: 600, mean: 8, variance: 100 } },
  ])("that is better, or worse by chance or a trifle, does not: %j", (score) => {
    expect(clean(score).standsOut).toBe(false);
  });

  test("is one more comparison, and corrected with all others", () => {
    const score = { batch: { right: 45, wrong: 15 }, others: { right: 540, wrong: 60 } };
    expect(clean(score).compared.tests).toBe(compareRows(given.weather, given.weather.rows).compared.tests + 1);
    // By itself this is as likely as 0.001, and it is one of more than ten.
    expect(clean(score).standsOut).toBe(false);
  });
});

describe("too few rows", () => {
  test("in the batch, or before it, are an outcome by themselves", () => {
    const { table, rows, before } = given.penguins;
    const few = compareRows(given.penguins, shuffleLabels(table, rows.slice(0, 49), 1));
    expect(few).toMatchObject({ standsOut: false, tooFew: true, findings: [] });
    expect(few.summary).toBe("Too few rows to tell: 49, and 240 before; 50 of each are needed.");
    expect(compare({ batch: before, before: emptyProfile }, table.definition, usualSuspicionPolicy).tooFew).toBe(true);
    expect(compareRows(given.penguins, rows.slice(0, 50)).tooFew).toBe(false);
  });
});

describe("a policy", () => {
  const evidence = (standsOut: boolean): Evidence => ({
    ...compareRows(given.penguins, given.penguins.rows),
    standsOut,
  });

  test("says what becomes of a batch that stands out; any other is admitted", () => {
    const fate = (standsOut: boolean, suspicion: "quarantine" | "warn" | "off") =>
      fateOf(evidence(standsOut), { ...usualSuspicionPolicy, suspicion });
    expect([fate(true, "quarantine"), fate(true, "warn"), fate(true, "off")]).toEqual(["quarantine", "warn", "admit"]);
    expect([fate(false, "quarantine"), fate(false, "warn"), fate(false, "off")]).toEqual(["admit", "admit", "admit"]);
  });

  test("has thresholds of its own", () => {
    const { table, rows, before } = given.weather;
    const batch = profileOf(table, loseColumn(table, rows, "wind", 0.33, 5));
    const lenient = { ...usualSuspicionPolicy, maxShare: 0.4 };
    expect(compare({ batch, before }, table.definition, lenient).standsOut).toBe(false);
  });
});
