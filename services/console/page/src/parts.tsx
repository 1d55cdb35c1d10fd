import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LetterOperation } from "./answers.ts";
import type { Answer } from "./data.ts";
import { ask, told } from "./data.ts";
import { counted, span, toneOf } from "./words.ts";

/** How long ago something was; the time itself when pointed at. */
export function Age({ at }: { readonly at: string | null | undefined }) {
  const [, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  if (!at) return <span class="quiet">–</span>;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {span(Math.max(0, Date.now() - Date.parse(at)))} ago
    </time>
  );
}

export const Tag = ({ word }: { readonly word: string }) => <span class={`tag ${toneOf(word)}`}>{word}</span>;

/** A view's heading, where one is, and what can be done there. */
export function Top({
  title,
  crumbs,
  children,
}: {
  readonly title: string;
  readonly crumbs?: readonly (readonly [string, string])[];
  readonly children?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${title} · Ratchet`;
  }, [title]);
  return (
    <header class="top">
      <div>
        {crumbs && (
          <nav class="crumbs" aria-label="Breadcrumb">
            {crumbs.map(([name, href]) => (
              <span key={href}>
                <a href={href}>{name}</a>
                {" / "}
              </span>
            ))}
          </nav>
        )}
        <h1>{title}</h1>
      </div>
      <div class="row">{children}</div>
    </header>
  );
}

/** What an answer looks like before it is there, and where it cannot be had. */
export function Loaded<Value>({
  answer,
  children,
}: {
  readonly answer: Answer<Value>;
  readonly children: (value: Value) => ComponentChildren;
}) {
  if (answer.error !== undefined)
    return (
      <p class="note bad" role="alert">
        {answer.error}
      </p>
    );
  if (answer.value === undefined) return <p class="quiet">Looking…</p>;
  return <>{children(answer.value)}</>;
}

/** A table that scrolls by itself where it has no room, by keyboard too. */
export function Table({
  name,
  headings,
  children,
}: {
  readonly name: string;
  readonly headings: readonly string[];
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no pointer scrolls it by keys.
    <section class="scroll" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {headings.map((heading) => (
              <th key={heading} scope="col">
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

export const Nothing = ({ children }: { readonly children: ComponentChildren }) => (
  <div class="card quiet">{children}</div>
);

/** What came of an operation, or how far it is; as it is told while it goes on. */
export function Operation({ operation: known }: { readonly operation: LetterOperation }) {
  const operation = told.value.get(known.id) ?? known;
  const { id, action, state, total, done, gone, held, unsure, by, reason, selected, trouble } = operation;
  const isOpen = state === "running" || state === "cancelling";
  return (
    <article class="card operation" aria-label={`${action} ${selected}`}>
      <div class="top" style={{ marginBottom: 0 }}>
        <div>
          <strong>{action}</strong> <Tag word={state} /> <span class="quiet">{selected}</span>
        </div>
        <div class="row">
          <span class="quiet">
            {by}, <Age at={operation.at} />
          </span>
          {isOpen && (
            <button
              type="button"
              disabled={state === "cancelling"}
              onClick={() => void ask(`/api/operations/${id}/cancel`, {})}
            >
              Cancel
            </button>
          )}
        </div>
      </div>
      <progress max={total} value={done + gone + held} aria-label={`${done} of ${total} done`} />
      <p class="quiet">
        {done.toLocaleString("en")} of {counted(total, "letter")}
        {gone > 0 && `, ${gone} were gone`}
        {held > 0 && `, ${held} held by somebody else`}
        {unsure.length > 0 && `, ${unsure.length} may have been sent before: ${unsure.slice(0, 3).join(", ")}`}
        {" · "}
        {reason}
      </p>
      {trouble && <p class="note bad">{trouble}</p>}
    </article>
  );
}
