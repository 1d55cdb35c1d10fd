import { useEffect, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { LetterOperation, OneLetter, SchemaFault } from "../answers.ts";
import { Asking } from "../asking.tsx";
import { ask, useAnswer } from "../data.ts";
import { Age, Loaded, Operation, Tag, Top } from "../parts.tsx";
import { LetterActions } from "./letter-actions.tsx";

const isWritten = (name: string): boolean => /^ratchet-(failure-|attempts$)/.test(name);

/** The data of a letter, to be changed; what the message is known by is locked. Faults come as one types. */
function Editor({
  letter: { letter },
  onSent,
}: {
  readonly letter: OneLetter;
  readonly onSent: (operation: LetterOperation) => void;
}) {
  const [text, setText] = useState(() => JSON.stringify(letter.event?.data ?? null, null, 2));
  const [faults, setFaults] = useState<readonly SchemaFault[]>();
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    let wanted = true;
    setFaults(undefined);
    const timer = setTimeout(async () => {
      let data: unknown;
      try {
        data = JSON.parse(text);
      } catch (error) {
        setFaults([{ path: "", message: `no JSON: ${error instanceof Error ? error.message : error}` }]);
        return;
      }
      const checked = (await ask("/api/edits", { id: letter.id, data })) as { readonly faults: readonly SchemaFault[] };
      if (wanted) setFaults(checked.faults);
    }, 250);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text, letter.id]);
  return (
    <section class="card" aria-label="Edit and replay">
      <h3>Edit and replay</h3>
      <p class="quiet">
        The data can be changed. Type, source, time, model, run and version are locked. The edit gets an id of its own;
        the original is archived and linked.
      </p>
      <label>
        Data
        <textarea
          class="code"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <div aria-live="polite">
        {faults?.map(({ path, message }) => (
          <p key={path + message} class="note bad">
            {path && <code>{path}</code>} {message}
          </p>
        ))}
        {faults?.length === 0 && <p class="note good">It fits its schema.</p>}
      </div>
      <button type="button" class="first" disabled={faults?.length !== 0} onClick={() => setAsking(true)}>
        Send the edit
      </button>
      {asking && (
        <Asking
          title="Send the edit in the letter's place"
          verb="Send"
          onClose={() => setAsking(false)}
          onDo={async ({ reason }) => {
            const request = { action: "edit", filter: { ids: [letter.id] }, reason, data: JSON.parse(text) };
            onSent((await ask("/api/operations", request)) as LetterOperation);
          }}
        />
      )}
    </section>
  );
}

function Facts({ letter: { letter, group, about } }: { readonly letter: OneLetter }) {
  const { event, message, since, firstFailedAt, replays, brokerReason, brokerDescription, place } = letter;
  return (
    <div class="card">
      <dl>
        <dt>Message</dt>
        <dd>
          {event?.type ?? "no CloudEvent"} <code class="quiet">{message}</code>
        </dd>
        {event && (
          <>
            <dt>About</dt>
            <dd>{event.subject}</dd>
          </>
        )}
        {about.model && (
          <>
            <dt>Model</dt>
            <dd>
              <a href={`/models/${about.model}`}>{about.model}</a> {about.version && `version ${about.version}`}
            </dd>
          </>
        )}
        {about.run && (
          <>
            <dt>Run</dt>
            <dd>
              <code>{about.run}</code>
            </dd>
          </>
        )}
        {about.trace && (
          <>
            <dt>Trace</dt>
            <dd>
              <code>{about.trace}</code>
            </dd>
          </>
        )}
        <dt>Queue</dt>
        <dd>{place}</dd>
        <dt>Failed</dt>
        <dd>
          <Age at={since} />, for the first time <Age at={firstFailedAt} />
        </dd>
        <dt>Replayed</dt>
        <dd>{replays > 0 ? `${replays}× before` : "never"}</dd>
        <dt>Cause</dt>
        <dd>
          <a href={`/dead-letters?group=${group}`}>all with this cause</a>
        </dd>
        {brokerReason && (
          <>
            <dt>Broker</dt>
            <dd>{[brokerReason, brokerDescription].filter(Boolean).join(": ")}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

export function LetterPage() {
  const { id = "" } = useRoute().params;
  const answer = useAnswer<OneLetter | null>(`/api/dead-letters/${encodeURIComponent(id)}`);
  const [begun, setBegun] = useState<LetterOperation>();
  return (
    <>
      <Top title={id} crumbs={[["Dead letters", "/dead-letters"]]}>
        {answer.value && (
          <LetterActions
            count={1}
            onDo={async (request) =>
              setBegun((await ask("/api/operations", { ...request, filter: { ids: [id] } })) as LetterOperation)
            }
          />
        )}
      </Top>
      {begun && <Operation operation={begun} />}
      {answer.value === null ? (
        <p class="note good">The letter is no longer here: it was replayed, edited, archived or purged.</p>
      ) : (
        <Loaded answer={answer}>
          {(one) =>
            one && (
              <>
                <p class="note bad">{one.reason}</p>
                <Facts letter={one} />
                {one.faults.length > 0 && (
                  <>
                    <h2>Faults by its schema</h2>
                    {one.faults.map(({ path, message }) => (
                      <p key={path + message}>
                        <code>{path || "message"}</code> {message}
                      </p>
                    ))}
                  </>
                )}
                <h2>Attempts</h2>
                {one.letter.attempts.length === 0 && <p class="quiet">No service has written one down.</p>}
                {one.letter.attempts.map(({ attempt, at, name, message, stack }) => (
                  <details key={attempt} open={attempt === one.letter.attempts.at(-1)?.attempt}>
                    <summary>
                      <strong>Attempt {attempt}</strong> <Tag word={name} />{" "}
                      <span class="quiet">
                        <Age at={at} />
                      </span>
                    </summary>
                    <pre>{stack ?? `${name}: ${message}`}</pre>
                  </details>
                ))}
                <h2>Event</h2>
                <pre>{JSON.stringify(one.letter.body, null, 2)}</pre>
                <h2>Properties</h2>
                <pre>
                  {JSON.stringify(
                    Object.fromEntries(Object.entries(one.letter.properties).filter(([name]) => !isWritten(name))),
                    null,
                    2,
                  )}
                </pre>
                {one.letter.event && (
                  <>
                    <h2>Mend it</h2>
                    <Editor key={one.letter.id} letter={one} onSent={setBegun} />
                  </>
                )}
              </>
            )
          }
        </Loaded>
      )}
    </>
  );
}
