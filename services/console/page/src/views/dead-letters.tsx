import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { LetterGroup, LetterInList, LetterOperation, Letters } from "../answers.ts";
import { ask, useAnswer } from "../data.ts";
import { Age, Loaded, Nothing, Operation, Table, Top } from "../parts.tsx";
import { counted } from "../words.ts";
import { LetterActions } from "./letter-actions.tsx";

const filterNames = ["group", "place", "model", "error", "text"] as const;

function Groups({ groups }: { readonly groups: readonly LetterGroup[] }) {
  return (
    <Table
      name="Groups by cause"
      headings={["Letters", "What failed", "Thrown at", "First – last", "Replayed before", "Models"]}
    >
      {groups.map((group) => (
        <tr key={group.key}>
          <td class="nowrap">
            <a href={`/dead-letters?group=${group.key}`}>
              <strong>{group.count.toLocaleString("en")}</strong>
            </a>{" "}
            {group.inLastHour > 0 && <span class="tag bad">+{group.inLastHour} in an hour</span>}
          </td>
          <td class="wide">
            <a href={`/dead-letters?group=${group.key}`}>{group.error}</a>
            <div class="quiet">{group.messageType}</div>
            <div>{group.reason}</div>
          </td>
          <td>
            <code>{group.thrownAt || "–"}</code>
          </td>
          <td class="nowrap">
            <Age at={group.first} /> – <Age at={group.last} />
          </td>
          <td>
            {group.replayed > 0 ? `${group.replayed}, up to ${group.mostReplays}×` : <span class="quiet">never</span>}
          </td>
          <td>{group.models.slice(0, 4).join(", ")}</td>
        </tr>
      ))}
    </Table>
  );
}

function List({
  letters,
  chosen,
  onChoose,
}: {
  readonly letters: readonly LetterInList[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}) {
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    <Table name="Letters" headings={["Chosen", "Letter", "Failed", "About", "Reason", "Replayed"]}>
      {letters.map((one) => (
        <tr key={one.id}>
          <td>
            <input
              type="checkbox"
              aria-label={`Choose ${one.id}`}
              checked={chosen.has(one.id)}
              onChange={() => toggle(one.id)}
            />
          </td>
          <td>
            <a href={`/dead-letters/${encodeURIComponent(one.id)}`}>{one.id}</a>
            <div class="quiet nowrap">{one.type}</div>
          </td>
          <td>
            <Age at={one.since} />
          </td>
          <td>{one.run ?? one.model ?? <span class="quiet">–</span>}</td>
          <td class="wide">{one.reason}</td>
          <td>{one.replays > 0 ? `${one.replays}×` : <span class="quiet">never</span>}</td>
        </tr>
      ))}
    </Table>
  );
}

export function DeadLettersPage() {
  const { query, route } = useLocation();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [begun, setBegun] = useState<readonly LetterOperation[]>([]);
  const given = Object.fromEntries(filterNames.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
  const search = new URLSearchParams(given).toString();
  const answer = useAnswer<Letters>(`/api/dead-letters${search && `?${search}`}`);
  const isFiltered = Object.keys(given).length > 0;
  const filter = chosen.size > 0 ? { ids: [...chosen] } : given;
  const narrow = (name: string, value: string) => {
    const next = new URLSearchParams(given);
    if (value) next.set(name, value);
    else next.delete(name);
    route(`/dead-letters${next.size > 0 ? `?${next}` : ""}`, true);
  };
  return (
    <>
      <Top title="Dead letters" crumbs={isFiltered ? [["All dead letters", "/dead-letters"]] : undefined}>
        {answer.value && answer.value.total > 0 && (
          <LetterActions
            count={chosen.size || answer.value.total}
            onDo={async (request) => {
              const operation = (await ask("/api/operations", { ...request, filter })) as LetterOperation;
              setBegun([operation, ...begun]);
              setChosen(new Set());
            }}
          />
        )}
      </Top>
      {begun.map((operation) => (
        <Operation key={operation.id} operation={operation} />
      ))}
      <search class="filters">
        {(["model", "error", "text"] as const).map((name) => (
          <label key={name}>
            {name === "text" ? "Words of the reason" : name === "model" ? "Model" : "Class of the error"}
            <input
              value={given[name] ?? ""}
              onChange={({ currentTarget }) => narrow(name, currentTarget.value.trim())}
            />
          </label>
        ))}
      </search>
      <Loaded answer={answer}>
        {({ total, letters, groups }) =>
          total === 0 ? (
            <Nothing>{isFiltered ? "No dead letter fits." : "No dead letters: every message was done with."}</Nothing>
          ) : (
            <>
              {groups.length > 1 || !isFiltered ? (
                <>
                  <h2>{counted(groups.length, "cause")}</h2>
                  <Groups groups={groups} />
                </>
              ) : null}
              <h2>
                {counted(total, "letter")}
                {total > letters.length && <span class="quiet">, the newest {letters.length} shown</span>}
              </h2>
              <List letters={letters} chosen={chosen} onChoose={setChosen} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
