import type { ActivityRow } from "#lib/audit/list-audit.ts";
import { cleanText } from "#lib/foreign-text.ts";
import type { HistoryRow } from "#lib/keys/key-history.ts";
import { durationWords } from "#lib/time-words.ts";
import { receiptWords } from "./receipt-words.ts";

const WHAT: Readonly<Record<string, string>> = {
  "key.created": "Key created",
  "key.imported": "Key imported",
  "key.renamed": "Key renamed",
  "key.rotated": "Key rotated",
  "key.grace_moved": "End of old key moved",
  "key.grace_ended": "Old key ended",
  "key.revoked": "Key revoked",
};

/** An audit row of a key in words: what, and the line below. */
export function historyWords(row: HistoryRow): { what: string; more: string; receipt?: string } {
  const more = [byWords(row), moreWords(row)].filter(Boolean).join(", ");
  const receipt = row.receipt && { receipt: receiptWords(row.receipt) };
  return { what: WHAT[row.action] ?? row.action, more, ...receipt };
}

function byWords({ actorKind }: ActivityRow): string {
  if (actorKind === "user") return "by you";
  return actorKind === "command_line" ? "by command line" : "by the server";
}

function moreWords({ action, details, occurredAt }: ActivityRow): string | undefined {
  if (action === "key.renamed" && typeof details["from"] === "string") return `from “${cleanText(details["from"])}”`;
  const until = action === "key.rotated" ? details["oldKeyWorksUntil"] : details["worksUntil"];
  if (typeof until !== "string") return undefined;
  return `old key works for ${durationWords(Date.parse(until) - occurredAt.getTime())}`;
}
