export { readAudit, writeAudit } from "./audit.ts";
export { type Cause, causeOf, groupOf, keyOf, throwerIn } from "./letters/cause.ts";
export { EditError, editLetter } from "./letters/edit.ts";
export { contractOf, faultsOf, type SchemaFault, schemaFaults } from "./letters/faults.ts";
export { fits, type LetterFilter, sayFilter } from "./letters/filter.ts";
export { countPlaces, groupLetters, type LetterGroup, type PlaceCount } from "./letters/groups.ts";
export { type Letter, type Place, reasonOf, subjectOf, typeOf } from "./letters/letter.ts";
export {
  type AskedOperation,
  askForOperation,
  cancelOperation,
  confirmationOf,
  listOperations,
  openOperations,
  readOperation,
  WrongRequestError,
} from "./operations/ask.ts";
export { NoQueueError } from "./operations/effects.ts";
export { isOver, OperationLostError } from "./operations/operation.ts";
export { lettersIn, outcomeOf } from "./operations/summary.ts";
export { UnknownOperationError, type WorkOptions, workOn } from "./operations/work-on.ts";
export { type KeptLetter, listArchive } from "./sources/archive.ts";
export { listLetters, places } from "./sources/sources.ts";
export type { Surroundings } from "./surroundings.ts";
