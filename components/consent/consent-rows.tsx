import { AppName } from "#components/consent/app-name.tsx";
import { TrustTag } from "#components/consent/trust-tag.tsx";
import type { ClientFacts } from "#lib/oauth/client-facts.ts";

export type ConsentRowsProps = {
  client: ClientFacts;
  /** Host and path of the MCP server. */
  target: string;
};

/** Who asks, where the answer goes, and what for. */
export function ConsentRows({ client, target }: ConsentRowsProps) {
  return (
    <dl className="asks rowsheet">
      <div>
        <dt>App</dt>
        <dd>
          <b>
            <AppName client={client} />
          </b>
          {client.isSelfNamed && ", as it calls itself"} <TrustTag trust={client.trust} host={client.host} />
        </dd>
      </div>
      <div>
        <dt>Answer goes to</dt>
        <dd>
          <Destination client={client} />
        </dd>
      </div>
      <div>
        <dt>For</dt>
        <dd>
          <code>{target}</code>
        </dd>
      </div>
    </dl>
  );
}

function Destination({ client }: Pick<ConsentRowsProps, "client">) {
  if (client.redirectKind === "scheme") {
    return (
      <>
        the app that opens{" "}
        <code>
          <b>{client.redirectHost}:</b>
        </code>{" "}
        links
      </>
    );
  }
  return (
    <>
      <code>
        <b>{client.redirectHost}</b>
      </code>
      {client.redirectKind === "loopback" && ", on this computer"}
    </>
  );
}
