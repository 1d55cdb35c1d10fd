/** Usage: node pipelines/src/write-pipelines.ts. Writes the pipeline of each service anew. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ServiceName, services } from "@ratchet/contracts";
import { deliverables } from "./deliverables.ts";
import { madeOf } from "./made-of.ts";

/** The pipelines that follow from the topology and from what each service imports: text by path in the repository. */
export function generatedPipelines(): ReadonlyMap<string, string> {
  return new Map(services.map((service) => [`pipelines/${service}.yml`, pipelineOf(service)]));
}

function pipelineOf(service: ServiceName): string {
  const program = (deliverables[service] ?? []).flatMap(madeOf).map(partOf);
  const delivery = [
    `pipelines/${service}.yml`,
    "pipelines/publish-service.sh",
    "pipelines/templates/service.yml",
    "pipelines/templates/set-up.yml",
    "pnpm-lock.yaml",
  ];
  const paths = new Set([`services/${service}`, ...program.sort(), ...delivery]);
  return `# The service ${service}, when it or what it imports has changed. Written by \`pnpm generate\`.
trigger:
  batch: true
  branches:
    include: [main]
  paths:
    include:
${[...paths].map((path) => `      - ${path}\n`).join("")}    exclude:
      - "**/*.test.ts"

pool:
  vmImage: ubuntu-24.04

stages:
  - template: templates/service.yml
    parameters:
      service: ${service}
`;
}

/** A service as a whole, or the sources of a package. */
function partOf(file: string): string {
  return /^services\/[^/]+|^[^/]+\/src(?=\/)/.exec(file)?.[0] ?? file;
}

if (import.meta.main) {
  const repository = resolve(import.meta.dirname, "..", "..");
  for (const [path, text] of generatedPipelines()) {
    writeFileSync(join(repository, path), text);
    console.log(path);
  }
}
