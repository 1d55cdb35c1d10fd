import type { Overview, Standing } from "../answers.ts";
import { useAnswer } from "../data.ts";
import { Age, Loaded, Nothing, Operation, Table, Tag, Top } from "../parts.tsx";
import { counted } from "../words.ts";

interface Need {
  readonly title: string;
  readonly text: string;
  readonly href: string;
  readonly isWait?: boolean;
}

/** What a model needs somebody for. */
function needsOf({ model, quarantined, deployment, frozen, trainingWaits }: Standing): readonly Need[] {
  const href = `/models/${model}`;
  return [
    ...(quarantined > 0
      ? [
          {
            title: `${counted(quarantined, "batch", "batches")} of ${model} in quarantine`,
            text: "They stand out, and neither train nor judge until somebody admits or withdraws them.",
            href: `${href}/batches`,
            isWait: true,
          },
        ]
      : []),
    ...(deployment?.why
      ? [{ title: `${model} ${deployment.version} does not deploy`, text: deployment.why, href }]
      : []),
    ...(frozen ? [{ title: `${model} is frozen`, text: frozen.reason, href, isWait: true }] : []),
    ...(trainingWaits ? [{ title: `Training of ${model} waits`, text: trainingWaits.reason, href, isWait: true }] : []),
  ];
}

function NeedCard({ title, text, href, isWait }: Need) {
  return (
    <article class={`card needs ${isWait ? "wait" : ""}`}>
      <h2>
        <a href={href}>{title}</a>
      </h2>
      <p class="quiet">{text}</p>
    </article>
  );
}

export function OverviewView() {
  const answer = useAnswer<Overview>("/api/overview");
  return (
    <>
      <Top title="Overview" />
      <Loaded answer={answer}>
        {({ models, letters, groups, operations }) => {
          const needs = [
            ...groups.map((group) => ({
              title: `${counted(group.count, "dead letter")}: ${group.error}`,
              text: group.reason,
              href: `/dead-letters?group=${group.key}`,
            })),
            ...models.flatMap(needsOf),
          ];
          return (
            <>
              {needs.length === 0 ? (
                <section class="card calm" aria-label="State">
                  <span class="dot" />
                  <div>
                    <strong>All is well</strong>
                    <p class="quiet">
                      No dead letters, nothing in quarantine, nothing frozen. {counted(models.length, "model")} applied.
                    </p>
                  </div>
                </section>
              ) : (
                <section aria-label="What needs somebody">
                  <div class="cards">
                    {needs.map((need) => (
                      <NeedCard key={need.title} {...need} />
                    ))}
                  </div>
                  {groups.length > 0 && (
                    <p class="quiet">
                      <a href="/dead-letters">{counted(letters, "dead letter")} in all</a>
                    </p>
                  )}
                </section>
              )}
              {operations.length > 0 && (
                <>
                  <h2>Under way</h2>
                  {operations.map((operation) => (
                    <Operation key={operation.id} operation={operation} />
                  ))}
                </>
              )}
              <h2>Models</h2>
              {models.length === 0 ? (
                <Nothing>
                  No model is applied yet: <code>ratchet init house-prices</code> makes a project to start from.
                </Nothing>
              ) : (
                <Table name="Models" headings={["Model", "Champion", "Since", "Last verdict", "Batches", "Training"]}>
                  {models.map((one) => (
                    <tr key={one.model}>
                      <td>
                        <a href={`/models/${one.model}`}>{one.model}</a> <span class="quiet">{one.task}</span>
                      </td>
                      <td>
                        {one.champion ? `version ${one.champion.version}` : <span class="quiet">none yet</span>}{" "}
                        {one.frozen && <Tag word="frozen" />}
                      </td>
                      <td>
                        <Age at={one.champion?.since} />
                      </td>
                      <td>
                        {one.lastVerdict ? (
                          <span title={one.lastVerdict.reasons[0]}>
                            version {one.lastVerdict.version} <Tag word={one.lastVerdict.decision} />
                          </span>
                        ) : (
                          <span class="quiet">–</span>
                        )}
                      </td>
                      <td>
                        <a href={`/models/${one.model}/batches`}>{one.batches}</a>
                        {one.waiting > 0 && <span class="quiet">, {one.waiting} waiting</span>}
                      </td>
                      <td>{one.running ? <Tag word="running" /> : <span class="quiet">idle</span>}</td>
                    </tr>
                  ))}
                </Table>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
