import { AskedServer, AskingApp } from "#components/consent/asking-app.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";

export type ConsentRowsProps = {
  client: ClientFacts;
  /** Host and path of the MCP server. */
  target: string;
};

/** Who asks, where the answer goes, and what for. */
export function ConsentRows({ client, target }: ConsentRowsProps) {
  return (
    <dl className="asks rowsheet">
      <AskingApp client={client} />
      <div>
        <dt>Answer goes to</dt>
        <dd>
          <Destination client={client} />
        </dd>
      </div>
      <AskedServer target={target} />
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
