import { receiptWords } from "#components/keys/receipt-words.ts";
import { StatusMark } from "#components/keys/status-mark.tsx";
import { RelativeTime } from "#components/ui/clock.tsx";
import type { WithdrawnView } from "#lib/grants/list-withdrawn.ts";
import { AppName } from "./app-name.tsx";
import { endedByWords } from "./app-words.ts";

/** Apps whose access ended lately: what the gateways answered, and through whom. */
export function WithdrawnTable({ withdrawn }: { withdrawn: readonly WithdrawnView[] }) {
  return (
    <section className="section" aria-labelledby="withdrawn">
      <div className="row between secthead">
        <h2 id="withdrawn">Withdrawn</h2>
      </div>
      <table role="table" className="cards ruled">
        <caption className="sr">Withdrawn apps</caption>
        <thead role="rowgroup" className="sr">
          <tr role="row">
            <th role="columnheader" scope="col">
              App
            </th>
            <th role="columnheader" scope="col">
              Receipt
            </th>
            <th role="columnheader" scope="col">
              When
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {withdrawn.map(({ id, revokedAt, revokedBy, receipt, ...app }) => (
            <tr key={id} role="row" className="ended">
              <th role="rowheader" scope="row">
                <AppName {...app} />
              </th>
              <td role="cell" className="full">
                <span>
                  {receipt !== undefined && <code>{receiptWords(receipt)}</code>}
                  <span className={receipt && "sub"}>{endedByWords(revokedBy)}</span>
                </span>
              </td>
              <td role="cell" className="num nowrap">
                <StatusMark mark="revoked">Withdrawn</StatusMark>{" "}
                <span className="muted">
                  <RelativeTime at={revokedAt} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
