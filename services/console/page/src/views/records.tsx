import type { AuditEntry, KeptLetter, LetterOperation, Queue } from "../answers.ts";
import { Ask } from "../asking.tsx";
import { ask, useAnswer } from "../data.ts";
import { Age, Loaded, Nothing, Operation, Table, Top } from "../parts.tsx";

export function QueuesPage() {
  const answer = useAnswer<readonly Queue[]>("/api/queues");
  return (
    <>
      <Top title="Queues" />
      <Loaded answer={answer}>
        {(queues) => (
          <Table
            name="Queues"
            headings={["Queue", "Received by", "Dead letters", "Within the hour", "Oldest", "What it is for"]}
          >
            {queues.map(({ name, receiver, letters, inLastHour, oldest, description }) => (
              <tr key={name}>
                <td class="nowrap">{name}</td>
                <td class="nowrap">{receiver || <span class="quiet">–</span>}</td>
                <td class="number">
                  {letters > 0 ? (
                    <a href={`/dead-letters?place=${name}`}>{letters.toLocaleString("en")}</a>
                  ) : (
                    <span class="quiet">0</span>
                  )}
                </td>
                <td class="number">{inLastHour > 0 ? `+${inLastHour}` : <span class="quiet">0</span>}</td>
                <td>
                  <Age at={oldest} />
                </td>
                <td class="wide quiet">{description}</td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </>
  );
}

export function OperationsPage() {
  const answer = useAnswer<readonly LetterOperation[]>("/api/operations");
  return (
    <>
      <Top title="Operations" />
      <Loaded answer={answer}>
        {(operations) =>
          operations.length === 0 ? (
            <Nothing>Nothing was done with dead letters yet.</Nothing>
          ) : (
            operations.map((operation) => <Operation key={operation.id} operation={operation} />)
          )
        }
      </Loaded>
    </>
  );
}

export function ArchivePage() {
  const answer = useAnswer<readonly KeptLetter[]>("/api/archive");
  return (
    <>
      <Top title="Archive" crumbs={[["Dead letters", "/dead-letters"]]} />
      <Loaded answer={answer}>
        {(kept) =>
          kept.length === 0 ? (
            <Nothing>The archive is empty.</Nothing>
          ) : (
            <Table name="Archived letters" headings={["Letter", "Archived", "By", "Why", "Edited into", "What to do"]}>
              {kept.map(({ letter, at, by, reason, editedInto }) => (
                <tr key={letter.id}>
                  <td>
                    {letter.id}
                    <div class="quiet">{letter.event?.type}</div>
                  </td>
                  <td>
                    <Age at={at} />
                  </td>
                  <td>{by}</td>
                  <td class="wide">{reason}</td>
                  <td>{editedInto ? <code>{editedInto}</code> : <span class="quiet">–</span>}</td>
                  <td>
                    <Ask
                      name="Restore"
                      title={`Restore ${letter.id}`}
                      verb="Restore"
                      onDo={({ reason: why }) =>
                        ask("/api/operations", { action: "restore", filter: { ids: [letter.id] }, reason: why })
                      }
                    />
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

export function AuditPage() {
  const answer = useAnswer<readonly AuditEntry[]>("/api/audit");
  return (
    <>
      <Top title="Audit" />
      <Loaded answer={answer}>
        {(entries) =>
          entries.length === 0 ? (
            <Nothing>Nobody has done anything yet.</Nothing>
          ) : (
            <Table name="Audit" headings={["When", "Who", "What", "About", "Outcome", "Why"]}>
              {entries.map((entry) => (
                <tr key={`${entry.at} ${entry.id} ${entry.outcome}`}>
                  <td>
                    <Age at={entry.at} />
                  </td>
                  <td>{entry.by}</td>
                  <td class="nowrap">{entry.action}</td>
                  <td class="wide">{entry.about}</td>
                  <td>{entry.outcome}</td>
                  <td class="wide quiet">{entry.reason}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Loaded>
    </>
  );
}
