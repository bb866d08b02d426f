import { commandLineActor } from "#lib/audit/actor.ts";
import { findKeyOwner } from "#lib/keys/find-key-owner.ts";
import { revokeKey } from "#lib/keys/revoke-key.ts";
import { receiptFields, receiptText } from "./receipt.ts";
import { defineVerb, required } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "key revoke ID";

export const keyRevoke = defineVerb({
  usage,
  summary: "Ends a key at once, grace or not, and says which gateways refuse it.",
  options: {},
  takesId: true,
  run: async ({ id }) => {
    const keyId = required(id, "The id of the key", usage);
    const { key, receipt } = await withDatabase(async () => {
      const { userId } = await findKeyOwner(keyId);
      return await revokeKey(commandLineActor(userId), { keyId });
    });
    return { json: { id: key.id, ...receiptFields(receipt) }, text: receiptText(receipt) };
  },
});
