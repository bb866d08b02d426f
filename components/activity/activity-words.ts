import type { ActivityRow } from "#lib/audit/list-audit.ts";
import { isScope, SCOPE_WORDS } from "#lib/scopes.ts";

/** One verb per thing; the names of acts as people read them. */
const ACTS: Readonly<Record<string, string>> = {
  "key.created": "Key created",
  "key.imported": "Key imported",
  "key.renamed": "Key renamed",
  "key.rotated": "Key rotated",
  "key.grace_moved": "End of old key moved",
  "key.grace_ended": "Old key ended",
  "key.revoked": "Key revoked",
  "app.connected": "App connected",
  "app.widened": "App widened",
  "app.withdrawn": "App withdrawn",
  "refresh_token.reused": "Refresh token used twice",
  "client.created": "App added to this server",
  "client.removed": "App removed from this server",
  "signing_key.rotated": "Signing key rotated",
  "user.created": "Account made",
  "user.disabled": "Person disabled",
  "user.enabled": "Person enabled",
  "user.signed_in": "Signed in",
  "session.ended": "Session ended",
  "password.changed": "Password changed",
  "settings.changed": "Settings changed",
};

export function actWords(row: Pick<ActivityRow, "action">): string {
  return ACTS[row.action] ?? row.action;
}

/** Who did it, as the owner of the page reads it. */
export function byWords(row: Pick<ActivityRow, "actorKind"> & Partial<Pick<ActivityRow, "details">>): string {
  if (row.details?.["end"] === "client") return "The app";
  switch (row.actorKind) {
    case "user":
      return "You";
    case "command_line":
      return "Command line";
    default:
      return "This server";
  }
}

export type ResultMark = "active" | "grace" | "expired" | "revoked";

/** How it ended: a mark and words, from what the row recorded. */
export function resultWords(row: Pick<ActivityRow, "action" | "details" | "occurredAt">): {
  mark: ResultMark;
  words: string;
} {
  switch (row.action) {
    case "key.created":
      return { mark: "active", words: scopeLabel(row.details["scope"]) ?? "Done" };
    case "key.renamed":
      return { mark: "active", words: typeof row.details["from"] === "string" ? `Was ${row.details["from"]}` : "Done" };
    case "key.rotated":
      return { mark: "grace", words: graceWords(row.details["oldKeyWorksUntil"], row.occurredAt) };
    case "key.grace_ended":
    case "key.revoked":
      return { mark: "revoked", words: "Refused from then on" };
    case "app.connected":
    case "app.widened":
      return { mark: "active", words: scopeLabel(row.details["scope"]) ?? "Done" };
    case "app.withdrawn":
      return { mark: "revoked", words: WITHDRAWN[String(row.details["end"])] ?? "Refused from then on" };
    case "refresh_token.reused":
      return { mark: "revoked", words: "App withdrawn" };
    case "client.removed":
      return { mark: "revoked", words: "Refused from then on" };
    case "user.created":
      return { mark: "active", words: row.details["administrator"] === true ? "Administrator" : "Member" };
    case "user.disabled":
      return { mark: "revoked", words: "Disabled" };
    case "session.ended":
      return { mark: "expired", words: "Signed out" };
    case "password.changed":
      return { mark: "active", words: "Other sessions ended" };
    default:
      return { mark: "active", words: "Done" };
  }
}

/** Why an app was withdrawn, where it was not by hand. */
const WITHDRAWN: Readonly<Record<string, string>> = {
  client_removed: "App removed from this server",
  user_disabled: "Account disabled",
};

function scopeLabel(scope: unknown): string | undefined {
  if (scope === "mcp:read mcp:write") return "Read and write";
  return typeof scope === "string" && isScope(scope) ? SCOPE_WORDS[scope].label : undefined;
}

/** "Grace 24 hours"; the old key's own expiry may cut it short. */
function graceWords(worksUntil: unknown, rotatedAt: Date): string {
  const until = typeof worksUntil === "string" ? Date.parse(worksUntil) : Number.NaN;
  const minutes = Math.round((until - rotatedAt.getTime()) / 60_000);
  if (!(minutes > 0)) return "Old key ended";
  const hours = Math.round(minutes / 60);
  if (hours === 0) return minutes === 1 ? "Grace 1 minute" : `Grace ${minutes} minutes`;
  return hours === 1 ? "Grace 1 hour" : `Grace ${hours} hours`;
}
