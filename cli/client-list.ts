import { type ClientView, listClients } from "#lib/clients/list-clients.ts";
import { cutText } from "#lib/foreign-text.ts";
import { table } from "./table.ts";
import { defineVerb } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

/** Strangers choose names: one long one would push every row apart. */
const NAME_MAX = 40;

export const clientList = defineVerb({
  usage: "client list",
  summary:
    "Lists the OAuth clients that this server keeps: its own, those added here, and those that registered themselves.",
  options: {},
  run: async () => {
    const clients = await withDatabase(() => listClients());
    const head = ["ID", "NAME", "KIND", "TYPE", "GRANTS", "ADDED", "LAST ALLOWED"];
    return { json: clients, text: table(head, clients.map(row)) };
  },
});

function row(client: ClientView): string[] {
  return [
    client.id,
    cutText(client.name, NAME_MAX),
    client.kind,
    typeOf(client),
    String(client.grants),
    client.createdAt.toISOString(),
    client.lastGrantedAt?.toISOString() ?? "never",
  ];
}

function typeOf({ isResourceServer, isConfidential }: ClientView): string {
  if (isResourceServer) return "resource server";
  return isConfidential ? "confidential" : "public";
}
