import { StatusMark } from "#components/keys/status-mark.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import type { ActivityRow } from "#lib/audit/list-audit.ts";
import { exactWords } from "#lib/time-words.ts";
import { actWords, byWords, resultWords } from "./activity-words.ts";
import { clockSecondsWords, dayHeadingWords } from "./day-words.ts";

const TARGET_MAX = 40;
const COLUMNS = ["When", "What", "Target", "By", "Address", "Result"];

/** Acts by day, newest first. Roles are explicit: on small screens the rows are laid out as cards, which drops the native ones. */
export function ActivityTable({ rows, now, zone }: { rows: readonly ActivityRow[]; now: Date; zone: string }) {
  const days = Map.groupBy(rows, (row) => dayHeadingWords(row.occurredAt, now, zone));
  return (
    <table role="table" className="cards log">
      <caption className="sr">Activity, newest first</caption>
      <thead role="rowgroup">
        <tr role="row">
          {COLUMNS.map((column) => (
            <th key={column} role="columnheader" scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      {[...days].map(([day, rowsOfDay]) => (
        <tbody key={day} role="rowgroup">
          <tr role="row" className="day">
            <th scope="rowgroup" colSpan={COLUMNS.length}>
              {day}
            </th>
          </tr>
          {rowsOfDay.map((row) => (
            <ActivityLine key={row.id} row={row} zone={zone} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function ActivityLine({ row, zone }: { row: ActivityRow; zone: string }) {
  const { mark, words } = resultWords(row);
  const name = row.targetName ?? "";
  return (
    <tr role="row">
      <td role="cell" className="when">
        <time dateTime={row.occurredAt.toISOString()} title={exactWords(row.occurredAt, zone)}>
          <code>{clockSecondsWords(row.occurredAt, zone)}</code>
        </time>
      </td>
      <th scope="row">{actWords(row)}</th>
      <td role="cell" className="full target" title={name.length > TARGET_MAX ? name : undefined}>
        <ForeignText max={TARGET_MAX}>{name}</ForeignText> {row.keyPrefix !== null && <code>{row.keyPrefix}…</code>}
      </td>
      <td role="cell" className="full by" data-label="By">
        {byWords(row)}
      </td>
      <td role="cell" data-label="Address">
        <code>{row.actorKind === "user" ? (row.address ?? "unknown") : "this machine"}</code>
      </td>
      <td role="cell" data-label="Result">
        <StatusMark mark={mark}>{words}</StatusMark>
      </td>
    </tr>
  );
}
