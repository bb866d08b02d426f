import { OPERATOR } from "#lib/audit/actor.ts";
import { createClient } from "#lib/clients/create-client.ts";
import { createClientSchema } from "#lib/clients/schemas.ts";
import { checked } from "./checked.ts";
import { defineVerb, required } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage =
  "client create --name N --redirect-uri U [--redirect-uri U2] [--confidential] [--id ID] | --name N --resource-server [--id ID]";

export const clientCreate = defineVerb({
  usage,
  summary:
    "Adds an OAuth client and prints its id and, once, its secret. A resource server may only introspect tokens.",
  options: {
    name: { type: "string" },
    id: { type: "string" },
    "redirect-uri": { type: "string", multiple: true },
    confidential: { type: "boolean" },
    "resource-server": { type: "boolean" },
  },
  run: async ({ values }) => {
    const given = {
      name: required(values.name, "--name", usage),
      id: values.id,
      redirectUris: values["redirect-uri"],
      isConfidential: values.confidential,
      isResourceServer: values["resource-server"],
    };
    const input = checked(createClientSchema, given, { name: "--name", id: "--id", redirectUris: "--redirect-uri" });
    const { id, name, redirectUris, isResourceServer, secret } = await withDatabase(() =>
      createClient(OPERATOR, input),
    );
    const lines = [`Added the client ${name}: ${id}`];
    if (secret !== undefined) lines.push(`Its secret, shown this once: ${secret}`);
    return {
      json: { id, name, redirectUris, resourceServer: isResourceServer, ...(secret === undefined ? {} : { secret }) },
      text: lines.join("\n"),
    };
  },
});
