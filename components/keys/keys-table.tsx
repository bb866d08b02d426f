import { ChevronDown, ChevronsUpDown, ChevronUp } from "lucide-react";
import Link from "next/link";
import { RelativeTime } from "#components/ui/clock.tsx";
import type { KeyView } from "#lib/keys/key-view.ts";
import type { ListKeysInput } from "#lib/keys/schemas.ts";
import { KeyNameLink } from "./key-name.tsx";
import { KeyRowMenu } from "./key-row-menu.tsx";
import { KeyStatus } from "./key-status.tsx";
import { listHref } from "./list-href.ts";
import { ScopeMark } from "./scope-strip.tsx";
import { prefixWords } from "./status-words.ts";

/** The ledger of keys; cards where its column is narrow, hence the explicit roles: changing `display` drops them. */
export function KeysTable({ keys, input }: { keys: readonly KeyView[]; input: ListKeysInput }) {
  return (
    <table role="table" className="cards keys rows-hover">
      <caption className="sr">API keys</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Name
          </th>
          <th role="columnheader" scope="col">
            Key
          </th>
          <th role="columnheader" scope="col">
            Scope <span className="sr">: four that read, five that write</span>
          </th>
          <SortHead name="created" label="Created" input={input} />
          <SortHead name="last_used" label="Last used" input={input} />
          <th role="columnheader" scope="col">
            Status
          </th>
          <th role="columnheader" scope="col">
            <span className="sr">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {keys.map((key, index) => (
          <KeyRow key={key.id} keyView={key} above={keys[index - 1]} below={keys[index + 1]} />
        ))}
      </tbody>
    </table>
  );
}

function SortHead({ name, label, input }: { name: ListKeysInput["sort"]; label: string; input: ListKeysInput }) {
  const isCurrent = input.sort === name;
  const order = isCurrent && input.order === "desc" ? "asc" : "desc";
  const Icon = !isCurrent ? ChevronsUpDown : input.order === "desc" ? ChevronDown : ChevronUp;
  const direction = input.order === "desc" ? "descending" : "ascending";
  return (
    <th role="columnheader" scope="col" aria-sort={isCurrent ? direction : "none"}>
      <Link prefetch={false} href={listHref({ ...input, sort: name, order, cursor: undefined })} scroll={false}>
        {label}
        <Icon className="icon" aria-hidden="true" />
      </Link>
    </th>
  );
}

/** A predecessor that still works hangs below its successor. */
function KeyRow({
  keyView,
  above,
  below,
}: {
  keyView: KeyView;
  above: KeyView | undefined;
  below: KeyView | undefined;
}) {
  const isPredecessor = above?.predecessorId === keyView.id;
  const replaced = below !== undefined && keyView.predecessorId === below.id ? below : undefined;
  const works = keyView.state === "active" || keyView.state === "in_grace";
  const classes = [replaced && "pair-top", isPredecessor && "pair-sub", !works && "ended"].filter(Boolean).join(" ");
  return (
    <tr role="row" className={classes || undefined} data-key-id={keyView.id}>
      <th role="rowheader" scope="row">
        <KeyNameLink keyId={keyView.id} name={keyView.name} />
      </th>
      <td role="cell" className="full">
        <code>{prefixWords(keyView)}</code>
      </td>
      <td role="cell" className="full">
        <ScopeMark scope={keyView.scope} />
      </td>
      <td role="cell" data-label="Created" className="nowrap">
        <RelativeTime at={keyView.createdAt} />
      </td>
      <td role="cell" data-label="Last used" className="nowrap">
        {keyView.lastUsedAt === null ? "Never used" : <RelativeTime at={keyView.lastUsedAt} />}
      </td>
      <td role="cell" data-label="Status">
        <KeyStatus keyView={keyView} replaces={replaced?.prefix ?? undefined} />
      </td>
      <td role="cell" className="num act">
        <KeyRowMenu keyView={keyView} />
      </td>
    </tr>
  );
}
