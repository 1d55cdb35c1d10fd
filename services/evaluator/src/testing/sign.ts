/** The model `sign`: whether a number is positive. */

/** One feature x between -1 and 1, a region that no model sees, and whether x is positive. */
export const signYaml = (gate = "", holdout = 0.5): string => `
model: sign
task: classification
data:
  label: side
  holdout: ${holdout}
  schema:
    - { name: x, type: number }
    - { name: region, type: category, values: [north, south], feature: false }
    - { name: side, type: category, values: [below, above] }
training: { code: ./training, command: python train.py, environment: "python:3.12", compute: cpu-cluster }
gate:
  metric: accuracy
  thresholds: { accuracy: { min: 0.5 } }
${gate}
deploy: { app: inference-sign, smoke: 5 }
`;

/** Rows of the model `sign`, spread evenly, different for every `seed`. */
export const signRows = (count: number, seed = 0): readonly (readonly string[])[] =>
  Array.from({ length: count }, (_, index) => {
    const x = (((index + 0.5) / count) * 2 - 1 + seed * 1e-7).toFixed(9);
    return [x, index % 4 === 0 ? "south" : "north", Number(x) > 0 ? "above" : "below"];
  });
