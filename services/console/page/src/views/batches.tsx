import { useRoute } from "preact-iso";
import type { Batch } from "../answers.ts";
import { Ask } from "../asking.tsx";
import { ask, useAnswer } from "../data.ts";
import { Age, Loaded, Nothing, Table, Tag, Top } from "../parts.tsx";

function Actions({ model, batch: { batch, state, file } }: { readonly model: string; readonly batch: Batch }) {
  const request = (action: string) => (filled: Readonly<Record<string, string>>) =>
    ask(`/api/models/${model}/${action}`, { ...filled, batch });
  if (state === "withdrawn")
    return <Ask name="Restore" title={`Take ${file} back`} verb="Restore" onDo={request("restore")} />;
  return (
    <div class="row">
      {state === "quarantined" && (
        <Ask name="Admit" title={`Admit ${file}`} verb="Admit" onDo={request("admit")} isFirst />
      )}
      <Ask name="Withdraw" title={`Withdraw ${file}`} verb="Withdraw" isDanger onDo={request("withdraw")}>
        <p class="quiet">It neither trains nor judges from then on. It is kept, and can be restored.</p>
      </Ask>
    </div>
  );
}

export function BatchesPage() {
  const { model = "" } = useRoute().params;
  const answer = useAnswer<readonly Batch[]>(`/api/models/${encodeURIComponent(model)}/batches`);
  return (
    <>
      <Top
        title={`Batches of ${model}`}
        crumbs={[
          ["Overview", "/"],
          [model, `/models/${model}`],
        ]}
      />
      <Loaded answer={answer}>
        {(batches) =>
          batches.length === 0 ? (
            <Nothing>
              No batch yet: <code>ratchet drop {model} data.csv</code>.
            </Nothing>
          ) : (
            <Table name="Batches" headings={["File", "Came", "Rows", "State", "Why", "What to do"]}>
              {[...batches].reverse().map((one) => (
                <tr key={one.batch}>
                  <td class="wide">
                    {one.file} <code class="quiet">{one.batch}</code>
                  </td>
                  <td>
                    <Age at={one.admittedAt} />
                  </td>
                  <td class="nowrap">{one.rows ? `${one.rows.train} train, ${one.rows.holdout} judge` : "–"}</td>
                  <td>
                    <Tag word={one.state} />
                  </td>
                  <td class="wide quiet">{one.withdrawn?.reason ?? one.quarantined?.finding ?? ""}</td>
                  <td>
                    <Actions model={model} batch={one} />
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Loaded>
    </>
  );
}
