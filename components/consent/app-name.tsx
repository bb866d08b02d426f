import { ForeignText } from "#components/ui/foreign-text.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";

/** An app's name; in quotes where nobody but the app says so. */
export function AppName({ client }: { client: Pick<ClientFacts, "name" | "isSelfNamed"> }) {
  const name = <ForeignText>{client.name}</ForeignText>;
  return client.isSelfNamed ? <>“{name}”</> : name;
}
