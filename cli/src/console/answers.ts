import { type AuditEntry, type LetterOperation, type ModelView, queues } from "@ratchet/contracts";
import {
  askForOperation,
  cancelOperation,
  countPlaces,
  EditError,
  editLetter,
  faultsOf,
  fits,
  groupLetters,
  groupOf,
  isOver,
  type KeptLetter,
  type Letter,
  type LetterFilter,
  type LetterGroup,
  listArchive,
  listOperations,
  type PlaceCount,
  places,
  readAudit,
  reasonOf,
  type SchemaFault,
  type Surroundings,
  sayFilter,
  subjectOf,
} from "@ratchet/operators";
import { askToAdmit, askToRestore, askToWithdraw, type ListedBatch, listBatches } from "../commands/batches.ts";
import { askForFreeze, askForThaw } from "../commands/freeze.ts";
import { askForPromotion } from "../commands/promote.ts";
import { renderedReport } from "../commands/report.ts";
import { askForRollback } from "../commands/rollback.ts";
import { listRuns, type RunStory, runsIn } from "../commands/runs.ts";
import { appliedModels, type ModelStanding, modelStanding } from "../commands/status.ts";
import { askForTraining } from "../commands/train.ts";
import type { Deployment } from "../deployment.ts";
import { WrongInputError } from "../errors.ts";
import { placeNamed, queueNamed } from "../letters/select.ts";
import { readView } from "../model-records.ts";
import type { LetterBook } from "./letters.ts";
import type { ModelRequest, OperationRequest } from "./requests.ts";

/** A letter in a list: what is shown of it, and no more. */
interface LetterInList {
  readonly id: string;
  readonly place: string;
  readonly type: string;
  readonly reason: string;
  readonly since: string;
  readonly replays: number;
  readonly model: string | undefined;
  readonly run: string | undefined;
}

interface LettersAnswer {
  readonly total: number;
  readonly letters: readonly LetterInList[];
  readonly groups: readonly LetterGroup[];
  readonly places: readonly PlaceCount[];
}

interface LetterAnswer {
  readonly letter: Letter;
  readonly reason: string;
  readonly group: string;
  readonly faults: readonly SchemaFault[];
  readonly about: ReturnType<typeof subjectOf>;
}

interface OverviewAnswer {
  readonly by: string;
  readonly local: boolean;
  readonly models: readonly ModelStanding[];
  readonly letters: number;
  readonly groups: readonly LetterGroup[];
  readonly operations: readonly LetterOperation[];
}

interface ModelAnswer {
  readonly standing: ModelStanding;
  readonly view: ModelView | null;
  readonly runs: readonly RunStory[];
}

interface QueueAnswer {
  readonly name: string;
  readonly description: string;
  readonly receiver: string;
  readonly letters: number;
  readonly inLastHour: number;
  readonly oldest: string | null;
}

/** What the console answers, and does, for whoever was let in. */
export interface Answers {
  overview(): Promise<OverviewAnswer>;
  model(model: string): Promise<ModelAnswer>;
  batches(model: string): Promise<readonly ListedBatch[]>;
  runs(): Promise<readonly RunStory[]>;
  /** The report of a verdict as a page of its own. */
  report(model: string, version: string): Promise<string>;
  letters(filter: LetterFilter): Promise<LettersAnswer>;
  /** Null where it is no longer there. */
  letter(id: string): Promise<LetterAnswer | null>;
  checkEdit(id: string, data: unknown): Promise<{ readonly faults: readonly SchemaFault[] }>;
  archive(): Promise<readonly KeptLetter[]>;
  queues(): Promise<readonly QueueAnswer[]>;
  operations(): Promise<readonly LetterOperation[]>;
  audit(): Promise<readonly AuditEntry[]>;
  operate(request: OperationRequest): Promise<LetterOperation>;
  cancel(id: string): Promise<LetterOperation>;
  ask(model: string, action: string, request: ModelRequest): Promise<unknown>;
}

/** So many letters are listed; all of them are in the groups, and in what is done with a group. */
const mostListed = 200;
const mostGroupsInView = 5;

const inList = (letter: Letter): LetterInList => {
  const { model, run } = subjectOf(letter);
  const { id, place, since, replays } = letter;
  return { id, place, type: letter.event?.type ?? "unknown", reason: reasonOf(letter), since, replays, model, run };
};

/** @throws {WrongInputError} when it is missing. */
function given(value: string | undefined, what: string): string {
  if (value === undefined || value.trim() === "") throw new WrongInputError(`${what} is missing`);
  return value.trim();
}

export function answersOf(deployment: Deployment, ground: Surroundings, book: LetterBook): Answers {
  const standings = async (): Promise<readonly ModelStanding[]> => {
    const names = await appliedModels(deployment);
    const found = await Promise.all(names.map((name) => modelStanding(deployment, name)));
    return found.filter((one) => one !== undefined);
  };
  const letterNamed = async (id: string): Promise<Letter | undefined> => {
    const named = (one: Letter) => one.id === id;
    return (await book.read()).find(named) ?? (await book.read(true)).find(named);
  };
  /** The set, as it is now: what comes later is not in it. */
  const chosen = async ({ action, filter }: OperationRequest): Promise<readonly Letter[]> => {
    const { place, ...rest } = filter;
    const isMeant = fits({ ...rest, place: place === undefined ? undefined : placeNamed(place) });
    if (action === "restore") return (await listArchive(ground.documents)).map(({ letter }) => letter).filter(isMeant);
    return (await book.read(true)).filter(isMeant);
  };
  return {
    async overview() {
      const [models, letters, operations] = await Promise.all([standings(), book.read(), listOperations(ground, 20)]);
      return {
        by: ground.by,
        local: deployment.local,
        models,
        letters: letters.length,
        groups: groupLetters(letters, ground.clock()).slice(0, mostGroupsInView),
        operations: operations.filter((one) => !isOver(one)),
      };
    },
    async model(model) {
      const standing = await modelStanding(deployment, model);
      if (!standing) throw new WrongInputError(`no model named ${model} is applied`);
      const view = (await readView(deployment, model)) ?? null;
      return { standing, view, runs: view ? runsIn(view) : [] };
    },
    batches: (model) => listBatches(deployment, model),
    runs: async () => (await listRuns(deployment)).slice(0, mostListed),
    report: async (model, version) => (await renderedReport(deployment, model, { version })).page,
    async letters(filter) {
      const all = (await book.read()).filter(fits(filter));
      const newest = [...all].sort((a, b) => (a.since < b.since ? 1 : -1)).slice(0, mostListed);
      const now = ground.clock();
      return {
        total: all.length,
        letters: newest.map(inList),
        groups: groupLetters(all, now),
        places: countPlaces(all, now),
      };
    },
    async letter(id) {
      const letter = await letterNamed(id);
      if (!letter) return null;
      const about = subjectOf(letter);
      return { letter, reason: reasonOf(letter), group: groupOf(letter), faults: faultsOf(letter), about };
    },
    async checkEdit(id, data) {
      const letter = await letterNamed(id);
      if (!letter) return { faults: [{ path: "", message: "the letter is no longer there" }] };
      try {
        editLetter(letter, data);
        return { faults: [] };
      } catch (error) {
        if (!(error instanceof EditError)) throw error;
        return { faults: error.faults };
      }
    },
    archive: () => listArchive(ground.documents),
    async queues() {
      const counts = new Map(countPlaces(await book.read(), ground.clock()).map((one) => [one.place, one]));
      return places.map((name) => {
        const count = counts.get(name);
        const queue = name === "event-grid" || name === "archive" ? undefined : queues[name];
        return {
          name,
          description: queue?.description ?? "Events that Event Grid could not deliver.",
          receiver: queue?.receiver ?? "",
          letters: count?.count ?? 0,
          inLastHour: count?.inLastHour ?? 0,
          oldest: count?.oldest ?? null,
        };
      });
    },
    operations: () => listOperations(ground),
    audit: () => readAudit(ground.documents),
    async operate(request) {
      const { action, filter, reason, rate, to, data, confirmation } = request;
      const letters = await chosen(request);
      const [first] = letters;
      const edited = action === "edit" && first ? editLetter(first, data) : undefined;
      return askForOperation(ground, {
        action,
        letters,
        selected: sayFilter(filter as LetterFilter),
        reason,
        rate,
        to: to === undefined ? undefined : queueNamed(to),
        edited,
        confirmation,
      });
    },
    cancel: (id) => cancelOperation(ground, id),
    async ask(model, action, { reason, version, batch }) {
      const why = given(reason, "the reason");
      switch (action) {
        case "promote":
          return askForPromotion(deployment, model, given(version, "the version"), why);
        case "roll-back":
          return askForRollback(deployment, model, why);
        case "freeze":
          return askForFreeze(deployment, model, why);
        case "thaw":
          return askForThaw(deployment, model, why);
        case "train":
          return askForTraining(deployment, model);
        case "admit":
          return askToAdmit(deployment, model, given(batch, "the batch"), { reason: why });
        case "withdraw":
          return askToWithdraw(deployment, model, given(batch, "the batch"), { reason: why });
        case "restore":
          return askToRestore(deployment, model, given(batch, "the batch"), { reason: why });
        default:
          throw new WrongInputError(`there is nothing called ${action} to ask of a model`);
      }
    },
  };
}
