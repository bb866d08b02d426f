import { AppName } from "#components/consent/app-name.tsx";
import { TrustTag } from "#components/consent/trust-tag.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";

/** The row that says who asks, and how far the name can be believed. */
export function AskingApp({ client }: { client: ClientFacts }) {
  return (
    <div>
      <dt>App</dt>
      <dd>
        <b>
          <AppName client={client} />
        </b>
        {client.isSelfNamed && ", as it calls itself"} <TrustTag trust={client.trust} host={client.host} />
      </dd>
    </div>
  );
}

/** The row that says what for. `target`: host and path of the MCP server. */
export function AskedServer({ target }: { target: string }) {
  return (
    <div>
      <dt>For</dt>
      <dd>
        <code>{target}</code>
      </dd>
    </div>
  );
}
