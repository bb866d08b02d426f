import { cleanText, cutText } from "#lib/foreign-text.ts";
import type { GrantView } from "#lib/grants/list-grants.ts";
import { systemName } from "#lib/sessions/browser-name.ts";

const NAME_MAX = 64;

/** An app's name as text, for titles and names of buttons: cleaned, and in “quotes” where nobody has checked it. */
export function appNameWords({ clientName, trust }: { clientName: string; trust: string }): string {
  const name = cleanText(clientName, NAME_MAX);
  return trust === "unverified" ? `“${name}”` : name;
}

/** How far the name can be believed. */
export function trustWords({ trust, clientHost }: { trust: string; clientHost: string | null }): string {
  if (trust === "verified" && clientHost !== null) return `verified ${clientHost}`;
  return trust === "server" ? "added by this server" : "unverified";
}

/** One of several installations: the system of the browser that allowed it. */
export function installationWords({ userAgent }: Pick<GrantView, "userAgent">): string {
  return `on ${systemName(userAgent) ?? "another system"}`;
}

/** Who used it last and from where, where that is known. */
export function lastUseWords({
  lastUsedClient,
  lastUsedAddress,
}: Pick<GrantView, "lastUsedClient" | "lastUsedAddress">) {
  const parts = [lastUsedClient && cutText(cleanText(lastUsedClient, 200), 40), lastUsedAddress];
  return parts.filter(Boolean).join(", ");
}

/** "Withdraw", "Withdraw both", "Withdraw all 3". */
export function withdrawWords(installations: number): string {
  if (installations === 1) return "Withdraw";
  return installations === 2 ? "Withdraw both" : `Withdraw all ${installations}`;
}

/** "1 installation loses access at once, on every gateway. It can ask you again." */
export function consequenceWords(installations: number, apps = 1): string {
  const who = installations === 1 ? "1 installation loses" : `${installations} installations lose`;
  return `${who} access at once, on every gateway. ${apps === 1 ? "It" : "They"} can ask you again.`;
}

const ENDED_BY: Readonly<Record<string, string>> = {
  user: "By you",
  command_line: "By the operator",
  client: "By the app",
  client_removed: "The operator removed the app",
  user_disabled: "Your account was disabled",
  reuse: "A code or refresh token was used twice; somebody else may have had it",
};

/** Through whom it ended. */
export function endedByWords(revokedBy: string | null): string {
  const by = revokedBy ?? "";
  return (Object.hasOwn(ENDED_BY, by) ? ENDED_BY[by] : undefined) ?? "Ended";
}
