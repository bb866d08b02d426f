import { OPERATOR } from "#lib/audit/actor.ts";
import { removeClient } from "#lib/clients/remove-client.ts";
import { receiptFields, receiptText } from "./receipt.ts";
import { defineVerb, required } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "client remove ID";

export const clientRemove = defineVerb({
  usage,
  summary: "Removes an OAuth client; every grant that people gave it ends, and no gateway accepts its tokens.",
  options: {},
  takesId: true,
  run: async ({ id }) => {
    const clientId = required(id, "The id of the client", usage);
    const { endedGrants, receipt } = await withDatabase(() => removeClient(OPERATOR, { clientId }));
    return {
      json: { id: clientId, endedGrants, ...receiptFields(receipt) },
      text: `Removed ${clientId}; ended ${endedGrants} of its grants. ${receiptText(receipt)}`,
    };
  },
});
