import { commandLineActor } from "#lib/audit/actor.ts";
import { findGrantOwner } from "#lib/grants/find-grant-owner.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { receiptFields, receiptText } from "./receipt.ts";
import { defineVerb, required } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "grant withdraw ID";

export const grantWithdraw = defineVerb({
  usage,
  summary: "Ends an app's access at once, access and refresh tokens, and says which gateways refuse it.",
  options: {},
  takesId: true,
  run: async ({ id }) => {
    const grantId = required(id, "The id of the grant", usage);
    const { receipt } = await withDatabase(async () => {
      const { userId } = await findGrantOwner(grantId);
      return await withdrawGrant(commandLineActor(userId), { grantId });
    });
    return { json: { id: grantId, ...receiptFields(receipt) }, text: receiptText(receipt) };
  },
});
