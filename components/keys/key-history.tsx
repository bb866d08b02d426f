import Link from "next/link";
import { RelativeTime } from "#components/ui/clock.tsx";
import type { HistoryRow } from "#lib/keys/key-history.ts";
import { historyWords } from "./history-words.ts";

/** What was done with the key, newest first. */
export function KeyHistory({ rows }: { rows: readonly HistoryRow[] }) {
  return (
    <section aria-labelledby="history">
      <div className="row between secthead">
        <h2 id="history">History</h2>
        <Link prefetch={false} className="link small" href="/activity">
          All activity
        </Link>
      </div>
      {rows.length === 0 ? <p className="muted ruled">Nothing here yet</p> : <HistoryTable rows={rows} />}
    </section>
  );
}

function HistoryTable({ rows }: { rows: readonly HistoryRow[] }) {
  return (
    <table role="table" className="cards history">
      <caption className="sr">History of this key</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            When
          </th>
          <th role="columnheader" scope="col">
            What
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => {
          const { what, more, receipt } = historyWords(row);
          return (
            <tr key={row.id} role="row">
              <td role="cell" className="when nowrap">
                <RelativeTime at={row.occurredAt} isDense />
              </td>
              <th role="rowheader" scope="row">
                {what} <span className="sub">{more}</span>
                {receipt !== undefined && (
                  <span className="sub">
                    <code>{receipt}</code>
                  </span>
                )}
              </th>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
