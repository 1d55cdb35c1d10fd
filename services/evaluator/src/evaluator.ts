import type { Occasion, Outbox } from "@ratchet/messaging";
import type { OpenModel, RaceModels } from "@ratchet/scoring";
import type { Registry } from "./gateways/registry.ts";
import type { Stores } from "./stores.ts";

/** What the evaluator's handlers work with. */
export interface Evaluator {
  readonly stores: Stores;
  /** Makes a model of its file's bytes ready to score rows. */
  readonly openModel: OpenModel;
  /** Times models against each other. */
  readonly raceModels: RaceModels;
  /** Speaks on an occasion that is no message, or because of an earlier one. */
  readonly outbox: (occasion: Occasion) => Outbox;
  /** The models that are registered in the workspace, whoever did it. */
  readonly registry: Registry;
}
