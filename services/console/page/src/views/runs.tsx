import type { Run } from "../answers.ts";
import { useAnswer } from "../data.ts";
import { Age, Loaded, Nothing, Table, Tag, Top } from "../parts.tsx";
import { span } from "../words.ts";

const between = (from: string | null, to: string | null): number =>
  from && to ? Math.max(0, Date.parse(to) - Date.parse(from)) : 0;

/** Where a run's time went: training, judging, and until its version served. */
function Stages({ startedAt, endedAt, judgedAt, promotedAt }: Run) {
  const stages = [
    ["training", between(startedAt, endedAt)],
    ["judging", between(endedAt, judgedAt)],
    ["deploying", between(judgedAt, promotedAt)],
  ] as const;
  const words = stages.flatMap(([name, time]) => (time > 0 ? [`${name} ${span(time)}`] : [])).join(", ");
  if (words === "") return <span class="quiet">–</span>;
  return (
    <div class="stages" role="img" aria-label={words} title={words}>
      {stages.map(([name, time]) => time > 0 && <span key={name} class={name} style={{ flexGrow: String(time) }} />)}
    </div>
  );
}

export const StagesLegend = () => (
  <span class="legend">
    {["training", "judging", "deploying"].map((name) => (
      <span key={name} class={`of-${name}`}>
        <i class={`stages-${name}`} />
        {name}
      </span>
    ))}
  </span>
);

export function RunsTable({ runs, withModel }: { readonly runs: readonly Run[]; readonly withModel?: boolean }) {
  if (runs.length === 0) return <Nothing>No run yet: dropped data starts one by itself.</Nothing>;
  return (
    <Table
      name="Runs"
      headings={[
        ...(withModel ? ["Model"] : []),
        "Run",
        "Began",
        "Took",
        "Where the time went",
        "State",
        "Verdict",
        "Why",
      ]}
    >
      {runs.map((run) => (
        <tr key={run.runId}>
          {withModel && (
            <td>
              <a href={`/models/${run.model}`}>{run.model}</a>
            </td>
          )}
          <td>
            <code>{run.runId}</code> {run.version && <span class="quiet nowrap">version {run.version}</span>}
          </td>
          <td>
            <Age at={run.startedAt ?? run.endedAt} />
          </td>
          <td class="nowrap">{run.startedAt && run.endedAt ? span(between(run.startedAt, run.endedAt)) : "–"}</td>
          <td>
            <Stages {...run} />
          </td>
          <td>
            <Tag word={run.status} />
          </td>
          <td>
            {run.decision && run.version ? (
              <a href={`/reports/${run.model}/${run.version}`} target="_blank" rel="noreferrer">
                <Tag word={run.decision} />
              </a>
            ) : (
              <span class="quiet">–</span>
            )}
          </td>
          <td class="wide quiet">{run.why ?? run.because ?? ""}</td>
        </tr>
      ))}
    </Table>
  );
}

export function RunsView() {
  const answer = useAnswer<readonly Run[]>("/api/runs");
  return (
    <>
      <Top title="Runs">
        <StagesLegend />
      </Top>
      <Loaded answer={answer}>{(runs) => <RunsTable runs={runs} withModel />}</Loaded>
    </>
  );
}
