import type { KeyView } from "#lib/keys/key-view.ts";
import { agoWords, dayWords, durationWords, inWords } from "#lib/time-words.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

export type StatusMark = "active" | "grace" | "expiring" | "expired" | "revoked";
export type StatusWords = { mark: StatusMark; word: string; more: string | undefined };

type StatusKey = Pick<
  KeyView,
  "state" | "expiresAt" | "graceEndsAt" | "revokedAt" | "revokedBy" | "worksUntil" | "rotatedAt"
>;

/**
 * A key's state as a mark, a word and a second line. `now` is the page's clock, so a grace period that ends while the page
 * is open reads as ended. `replaces`: first characters of a key that it replaces and that still works.
 */
export function statusWords(key: StatusKey, now: Date, zone: string, replaces?: string): StatusWords {
  const hasPassed = key.worksUntil !== null && key.worksUntil <= now;
  switch (key.state) {
    case "revoked":
      return { mark: "revoked", word: "Revoked", more: revokedMore(key, now, zone) };
    case "expired":
      return { mark: "expired", word: "Expired", more: key.expiresAt ? dayWords(key.expiresAt, now, zone) : undefined };
    case "replaced":
      return {
        mark: "expired",
        word: "Replaced",
        more: key.graceEndsAt ? dayWords(key.graceEndsAt, now, zone) : undefined,
      };
    case "in_grace": {
      if (hasPassed || !key.worksUntil) return { mark: "expired", word: "Replaced", more: undefined };
      const left = key.worksUntil.getTime() - now.getTime();
      return { mark: "grace", word: "In grace", more: `${durationWords(left)} left` };
    }
    case "active": {
      if (hasPassed) return { mark: "expired", word: "Expired", more: undefined };
      if (key.expiresAt && key.expiresAt.getTime() - now.getTime() <= WEEK_MS)
        return { mark: "expiring", word: "Expiring", more: inWords(key.expiresAt, now) };
      const expires = key.expiresAt ? `expires ${dayWords(key.expiresAt, now, zone)}` : undefined;
      return { mark: "active", word: "Active", more: replaces === undefined ? expires : `replaces ${replaces}` };
    }
    default:
      return key.state satisfies never;
  }
}

/** `possession`: whoever held the key sent it to the revocation endpoint. */
const REVOKED_BY: Readonly<Record<string, string>> = {
  command_line: "by command line",
  possession: "by a holder of the key",
};

function revokedMore(key: StatusKey, now: Date, zone: string): string | undefined {
  if (!key.revokedAt) return undefined;
  const by = REVOKED_BY[key.revokedBy ?? ""] ?? "by you";
  return `${agoWords(key.revokedAt, now, zone)}, ${by}`;
}

/** The first characters, as tables show them; an imported key has none. */
export function prefixWords(key: Pick<KeyView, "prefix">): string {
  return key.prefix === null ? "imported" : `${key.prefix}…`;
}
