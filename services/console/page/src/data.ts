import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { LetterOperation } from "./answers.ts";

/** Whether the console still tells what changes. */
export const connected = signal(true);
/** Counts what has changed: views look again with every count. */
const changes = signal(0);
/** How far operations are, as they were told since the page was opened. */
export const told = signal<ReadonlyMap<string, LetterOperation>>(new Map());

/** What was asked for was refused; the message is the console's own. */
class RefusedError extends Error {
  override readonly name = "RefusedError";
}

async function answerOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  const error = (body as { readonly error?: { readonly message?: string } } | undefined)?.error;
  throw new RefusedError(error?.message ?? `the console answers ${response.status}`);
}

/** Asks the console to do something. @throws {RefusedError} when it does not. */
export async function ask(path: string, body: object): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  return answerOf(await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }));
}

export interface Answer<Value> {
  readonly value?: Value;
  readonly error?: string;
}

/** What the console answers at a path, now and whenever something has changed. What was there stays until the next is. */
export function useAnswer<Value>(path: string): Answer<Value> {
  const [answer, setAnswer] = useState<Answer<Value> & { readonly path?: string }>({});
  const count = changes.value;
  useEffect(() => {
    // To be read again when something has changed.
    void count;
    let wanted = true;
    fetch(path)
      .then(answerOf)
      .then(
        (value) => wanted && setAnswer({ path, value: value as Value }),
        (error: Error) => wanted && setAnswer({ path, error: error.message }),
      );
    return () => {
      wanted = false;
    };
  }, [path, count]);
  return answer.path === path ? answer : {};
}

/** Listens to what the console tells by itself; begins again by itself where it was cut off. */
export function listen(): void {
  const source = new EventSource("/api/live");
  source.addEventListener("open", () => {
    // What changed while nobody listened was not heard of.
    if (!connected.value) changes.value += 1;
    connected.value = true;
  });
  source.addEventListener("error", () => {
    connected.value = false;
  });
  source.addEventListener("changed", () => {
    changes.value += 1;
  });
  source.addEventListener("operation", ({ data }) => {
    const operation = JSON.parse(data) as LetterOperation;
    told.value = new Map(told.value).set(operation.id, operation);
    if (operation.endedAt !== undefined) changes.value += 1;
  });
}
