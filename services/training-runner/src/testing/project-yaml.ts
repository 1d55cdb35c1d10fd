/** A small project whose training is a shell script: quick, and all that a run needs of a command. */
export const projectYaml = (model: string, training = "") => `
model: ${model}
task: classification
data:
  label: label
  schema:
    - { name: "pixel[0..3]", type: integer, min: 0, max: 255 }
    - { name: label, type: integer, min: 0, max: 1 }
training:
  code: ./training
  command: sh train.sh
  environment: "example.azurecr.io/pytorch:2"
  compute: cpu-cluster
  timeout: 1h
${training}
gate: { metric: accuracy, thresholds: { accuracy: { min: 0.5 } } }
deploy: { app: inference-${model} }
`;
