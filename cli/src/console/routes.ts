import type { LetterFilter } from "@ratchet/operators";
import { type ZodType, z } from "zod";
import { WrongInputError } from "../errors.ts";
import { placeNamed } from "../letters/select.ts";
import type { Answers } from "./answers.ts";
import { editRequest, modelRequest, operationRequest } from "./requests.ts";

/** What a route is asked. */
interface Asked {
  /** What stands in the place of each `*` of the pattern. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

interface Route {
  readonly method: "GET" | "POST";
  /** A `*` takes one part of the path, as it was before it was encoded. */
  readonly path: string;
  readonly answer: (answers: Answers, asked: Asked) => Promise<unknown>;
  /** Whether something begins with it that is to be worked on. */
  readonly begins?: true;
}

/** @throws {WrongInputError} when the body is not what the route takes; it names the field. */
function read<Value>(schema: ZodType<Value>, body: unknown): Value {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new WrongInputError(z.prettifyError(parsed.error));
  return parsed.data;
}

function filterIn(query: URLSearchParams): LetterFilter {
  const value = (name: string): string | undefined => query.get(name) ?? undefined;
  const place = value("place");
  return {
    group: value("group"),
    type: value("type"),
    model: value("model"),
    run: value("run"),
    error: value("error"),
    text: value("text"),
    place: place === undefined ? undefined : placeNamed(place),
  };
}

const routes: readonly Route[] = [
  { method: "GET", path: "/api/overview", answer: (answers) => answers.overview() },
  { method: "GET", path: "/api/models/*", answer: (answers, { parts }) => answers.model(parts[0] ?? "") },
  { method: "GET", path: "/api/models/*/batches", answer: (answers, { parts }) => answers.batches(parts[0] ?? "") },
  { method: "GET", path: "/api/runs", answer: (answers) => answers.runs() },
  { method: "GET", path: "/api/dead-letters", answer: (answers, { query }) => answers.letters(filterIn(query)) },
  { method: "GET", path: "/api/dead-letters/*", answer: (answers, { parts }) => answers.letter(parts[0] ?? "") },
  { method: "GET", path: "/api/archive", answer: (answers) => answers.archive() },
  { method: "GET", path: "/api/queues", answer: (answers) => answers.queues() },
  { method: "GET", path: "/api/operations", answer: (answers) => answers.operations() },
  { method: "GET", path: "/api/audit", answer: (answers) => answers.audit() },
  {
    method: "POST",
    path: "/api/edits",
    answer(answers, { body }) {
      const { id, data } = read(editRequest, body);
      return answers.checkEdit(id, data);
    },
  },
  {
    method: "POST",
    path: "/api/operations",
    answer: (answers, { body }) => answers.operate(read(operationRequest, body)),
    begins: true,
  },
  { method: "POST", path: "/api/operations/*/cancel", answer: (answers, { parts }) => answers.cancel(parts[0] ?? "") },
  {
    method: "POST",
    path: "/api/models/*/*",
    answer: (answers, { parts: [model = "", action = ""], body }) =>
      answers.ask(model, action, read(modelRequest, body)),
  },
];

/** The parts of a path that stand for the `*` of a pattern; undefined where it does not fit. */
function partsOf(pattern: string, path: string): readonly string[] | undefined {
  const [wanted, is] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== is.length || wanted.some((part, index) => part !== "*" && part !== is[index])) return undefined;
  try {
    return is.filter((_, index) => wanted[index] === "*").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** The route of a request, and the parts of its path; undefined where there is none. */
export function routeOf(
  method: string,
  path: string,
): { readonly route: Route; readonly parts: readonly string[] } | undefined {
  for (const route of routes) {
    const parts = route.method === method ? partsOf(route.path, path) : undefined;
    if (parts) return { route, parts };
  }
  return undefined;
}
