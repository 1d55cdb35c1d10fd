import type { VerdictDetails } from "@ratchet/contracts";
import type { ClassifierScores, RegressionScores, Scores } from "../scores.ts";
import { calibrationOf } from "./calibration.ts";
import { classMeasuresOf, confusionOf } from "./classes.ts";
import { errorsOf } from "./errors.ts";

/** Of more classes no matrix can be read. */
const mostClasses = 30;

function classifierDetails(
  challenger: ClassifierScores,
  champion: ClassifierScores | undefined,
  names: readonly string[],
): Omit<VerdictDetails, "worst"> {
  const [own, other] = [confusionOf(challenger), champion ? confusionOf(champion) : undefined];
  const [ownMeasures, otherMeasures] = [classMeasuresOf(own), other && classMeasuresOf(other)];
  const [calibration, otherCalibration] = [calibrationOf(challenger), champion && calibrationOf(champion)];
  const classes = names.flatMap((name, index) => {
    const measures = ownMeasures[index];
    const rows = (own[index] ?? []).reduce((sum, one) => sum + one, 0);
    return measures ? [{ name, rows, challenger: measures, champion: otherMeasures?.[index] ?? null }] : [];
  });
  return {
    classes,
    ...(challenger.classes <= mostClasses ? { confusion: { challenger: own, champion: other ?? null } } : {}),
    ...(calibration ? { calibration: { challenger: calibration, champion: otherCalibration ?? null } } : {}),
  };
}

/**
 * What a person looks at beside the numbers that decide: how classes fare, what is taken for what, how sure models are and how
 * often they are right then; or how errors are spread.
 * @param names of the classes, by their indices; none of a regression.
 */
export function detailsOf(
  challenger: Scores,
  champion: Scores | undefined,
  names: readonly string[],
): Omit<VerdictDetails, "worst"> {
  if (challenger.task === "classification")
    return classifierDetails(challenger, champion as ClassifierScores | undefined, names);
  return { errors: errorsOf(challenger, champion as RegressionScores | undefined) };
}
