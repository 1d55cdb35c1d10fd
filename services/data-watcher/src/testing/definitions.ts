/** A small tabular model, as `ratchet.yaml` would have it. */
export const weatherYaml = `
model: weather
task: classification
data:
  label: weather
  holdout: 0.25
  quietPeriod: 60s
  maxWait: 15m
  schema:
    - { name: date, type: date, feature: false }
    - { name: rain, type: number, min: 0 }
    - { name: wind, type: number, optional: true }
    - { name: weather, type: category, values: [rain, sun, "fog, dense"] }
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.5 } } }
deploy: { app: inference-weather }
`;

export const header = "date,rain,wind,weather";

const day = (index: number) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);

/** Rows that fit the schema, all different, and stand out: it rains a hundred times as much. */
export const soakedRows = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${day(from + index)},${(index % 7) * 100 + 50},${index % 3},sun`);

/** Rows that fit the schema, all different. */
export const rows = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${day(from + index)},${index % 7}.5,${index % 3},sun`);

export const csv = (lines: readonly string[], lineBreak = "\n"): string =>
  lines.map((line) => line + lineBreak).join("");
