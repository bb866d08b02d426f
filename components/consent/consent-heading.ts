import type { ClientFacts } from "#lib/oauth/client-facts.ts";

type Asked = { client: ClientFacts; heldScope: string | undefined };

/** The question as plain text; a name that nobody has checked is never in it without quotes (ui.md section 9). */
export function consentHeading({ client, heldScope }: Asked): string {
  const isTrusted = client.trust !== "unverified" && !client.isLookAlike;
  if (heldScope !== undefined) return `${isTrusted ? client.name : `“${client.name}”`} asks for more`;
  if (client.isLookAlike) return `Let an app of ${client.host ?? client.redirectHost} use your memories?`;
  return isTrusted ? `Let ${client.name} use your memories?` : "Let an unverified app use your memories?";
}
