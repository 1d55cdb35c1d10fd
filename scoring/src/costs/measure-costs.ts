import type { Costs, ScorePolicy } from "@ratchet/gate";
import type { ModelShape, ScoredApart, ScoringLimits } from "../models/model.ts";
import type { RaceModels } from "../process/open-in-process.ts";

/** A model as a file, and as it was scored. */
interface Costing {
  readonly onnx: Uint8Array;
  readonly model: ScoredApart;
}

/** What is measured, and how. */
export interface CostRequest {
  readonly challenger: Costing;
  /** Undefined where there is none, or it could not be scored. */
  readonly champion: Costing | undefined;
  readonly shape: ModelShape;
  /** Some rows to time: rows × F features. */
  readonly features: Float32Array;
  readonly scoring: ScoringLimits;
  readonly limits: ScorePolicy["limits"];
  readonly race: RaceModels;
}

/**
 * Measures what models cost beside their quality, as far as the gate limits it. Asked when both have been scored.
 * @throws {UnusableModelError} when the challenger takes more than it may.
 * @throws {ScoringProcessError} when a process cannot begin, or is ended by others; trying again can help.
 */
export async function measureCosts(asked: CostRequest): Promise<Costs | undefined> {
  const { challenger, champion, shape, features, scoring, limits, race } = asked;
  if (!limits) return undefined;
  const rows = features.length / shape.features;
  const both = champion ? [challenger, champion] : [challenger];
  const raced =
    limits.latency && rows > 0
      ? await race({ models: both.map(({ onnx }) => onnx), shape, features, rows }, scoring)
      : [];
  const memory = limits.memory ? await Promise.all(both.map(({ model }) => model.memory())) : [];
  const costOf = (index: number, { onnx }: Costing) => ({
    latency: raced[index],
    memory: memory[index],
    size: onnx.byteLength,
  });
  return { challenger: costOf(0, challenger), champion: champion && costOf(1, champion) };
}
