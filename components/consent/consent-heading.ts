import type { ClientFacts } from "#lib/oauth/client-facts.ts";

type Asked = { client: ClientFacts; heldScope: string | undefined };

/** The question as plain text; a name that nobody vouches for is never in it without quotes (ui.md section 9). */
export function consentHeading({ client, heldScope }: Asked): string {
  const name = client.isSelfNamed ? `“${client.name}”` : client.name;
  if (heldScope !== undefined) return `${name} asks for more`;
  if (client.trust === "unverified") return "Let an unverified app use your memories?";
  return client.isLookAlike ? `Let an app of ${client.host} use your memories?` : `Let ${name} use your memories?`;
}
