import { useEffect, useRef } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { Model, ModelView, Standing } from "../answers.ts";
import { Ask } from "../asking.tsx";
import { ask, useAnswer } from "../data.ts";
import { Age, Loaded, Nothing, Table, Tag, Top } from "../parts.tsx";
import { counted } from "../words.ts";
import { RunsTable, StagesLegend } from "./runs.tsx";

/** The metric of each version that was judged, and of the champion that it was compared with. The library comes when it is drawn. */
function MetricChart({ view }: { readonly view: ModelView }) {
  const place = useRef<HTMLDivElement>(null);
  const verdicts = Object.values(view.verdicts);
  useEffect(() => {
    let wanted = true;
    void import("../charts/metric.ts").then(({ drawMetric }) => {
      if (wanted && place.current) place.current.replaceChildren(drawMetric(verdicts, place.current.clientWidth));
    });
    return () => {
      wanted = false;
    };
  }, [JSON.stringify(verdicts.map(({ version, judgedAt }) => [version, judgedAt]))]);
  return <div class="card chart" ref={place} />;
}

function Actions({ standing: { model, champion, frozen }, view }: Pick<Model, "standing" | "view">) {
  const request = (action: string) => (filled: Readonly<Record<string, string>>) =>
    ask(`/api/models/${model}/${action}`, filled);
  const versions = Object.keys(view?.verdicts ?? {}).sort((a, b) => Number(b) - Number(a));
  return (
    <>
      <Ask
        name="Train now"
        title={`Train ${model} on what it has admitted`}
        verb="Train"
        onDo={request("train")}
        isFirst
      />
      {versions.length > 0 && (
        <Ask
          name="Promote…"
          title={`Put a version of ${model} into production`}
          verb="Promote"
          onDo={request("promote")}
        >
          <label>
            Version
            <select name="version">
              {versions.map((version) => (
                <option key={version} value={version}>
                  {version}: {view?.verdicts[version]?.decision}
                </option>
              ))}
            </select>
          </label>
        </Ask>
      )}
      {champion && (
        <>
          <Ask
            name="Roll back"
            title={`Take version ${champion.version} of ${model} out`}
            verb="Roll back"
            isDanger
            onDo={request("roll-back")}
          >
            <p class="quiet">The release before it serves again, and the model is frozen until it is thawed.</p>
          </Ask>
          {frozen ? (
            <Ask
              name="Thaw"
              title={`Let challengers of ${model} be deployed again`}
              verb="Thaw"
              onDo={request("thaw")}
            />
          ) : (
            <Ask
              name="Freeze"
              title={`Keep version ${champion.version} of ${model}`}
              verb="Freeze"
              onDo={request("freeze")}
            />
          )}
        </>
      )}
    </>
  );
}

function Facts({ standing }: { readonly standing: Standing }) {
  const { champion, frozen, deployment, refused, batches, waiting, withdrawn, quarantined, model } = standing;
  return (
    <div class="cards">
      <article class="card">
        <h2>Champion</h2>
        <p class="figure">{champion ? champion.version : "–"}</p>
        <p class="quiet">
          {champion ? (
            <>
              since <Age at={champion.since} />, at <code>{champion.endpoint}</code>
            </>
          ) : (
            "no version serves yet"
          )}
        </p>
        {frozen && (
          <p>
            <Tag word="frozen" /> {frozen.reason}
          </p>
        )}
      </article>
      <article class="card">
        <h2>
          <a href={`/models/${model}/batches`}>Batches</a>
        </h2>
        <p class="figure">{batches}</p>
        <p class="quiet">
          {waiting} waiting, {quarantined} in quarantine, {withdrawn} withdrawn, {counted(refused.files, "file")}{" "}
          refused
        </p>
        {refused.last && <p class="quiet">Last refused: {refused.last}</p>}
      </article>
      {deployment && (
        <article class="card">
          <h2>Deployment</h2>
          <p class="figure">{deployment.version}</p>
          <p>
            <Tag word={deployment.state} /> {deployment.why}
          </p>
        </article>
      )}
    </div>
  );
}

function Champions({ view }: { readonly view: ModelView }) {
  const releases = Object.values(view.releases).sort((a, b) => (a.since < b.since ? 1 : -1));
  if (releases.length === 0) return <Nothing>No version has served yet.</Nothing>;
  return (
    <Table name="Champions" headings={["Version", "Since", "Because", "Reason", "Report"]}>
      {releases.map(({ version, since, cause, reason }) => (
        <tr key={since}>
          <td class="nowrap">version {version}</td>
          <td>
            <Age at={since} />
          </td>
          <td>{cause}</td>
          <td class="wide quiet">{reason ?? view.verdicts[version]?.reasons[0] ?? ""}</td>
          <td>
            {view.verdicts[version] && (
              <a href={`/reports/${view.model}/${version}`} target="_blank" rel="noreferrer">
                verdict of {version}
              </a>
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}

export function ModelPage() {
  const { model = "" } = useRoute().params;
  const answer = useAnswer<Model>(`/api/models/${encodeURIComponent(model)}`);
  return (
    <>
      <Top title={model} crumbs={[["Overview", "/"]]}>
        {answer.value && <Actions {...answer.value} />}
      </Top>
      <Loaded answer={answer}>
        {({ standing, view, runs }) => (
          <>
            <Facts standing={standing} />
            {view && Object.keys(view.verdicts).length > 0 && (
              <>
                <h2>Metric on held-out rows</h2>
                <MetricChart view={view} />
              </>
            )}
            <h2>Champions</h2>
            {view ? <Champions view={view} /> : <Nothing>No event has told of this model yet.</Nothing>}
            <div class="top">
              <h2>Runs</h2>
              <StagesLegend />
            </div>
            <RunsTable runs={runs} />
          </>
        )}
      </Loaded>
    </>
  );
}
