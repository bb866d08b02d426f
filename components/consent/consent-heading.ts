import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";

type Asked = {
  client: Pick<ClientFacts, "name" | "host" | "trust" | "isLookAlike" | "isSelfNamed" | "isShared">;
  stepUp: unknown;
};

/**
 * The question as plain text; a name that nobody vouches for is never in it without quotes (ui.md section 9). That an app asks for
 * *more* is said only of one that cannot be another which registered itself in the same words.
 */
export function consentHeading({ client, stepUp }: Asked): string {
  const name = client.isSelfNamed ? `“${client.name}”` : client.name;
  if (stepUp !== undefined && !client.isShared) return `${name} asks for more`;
  if (client.trust === "unverified") return "Let an unverified app use your memories?";
  return client.isLookAlike ? `Let an app of ${client.host} use your memories?` : `Let ${name} use your memories?`;
}
