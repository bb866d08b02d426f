import { commandLineActor } from "#lib/audit/actor.ts";
import { enableUser } from "#lib/users/disable-user.ts";
import { namedUser } from "./named-user.ts";
import { receiptFields } from "./receipt.ts";
import { defineVerb } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "user enable --email E | ID";

export const userEnable = defineVerb({
  usage,
  summary: "Lets a disabled account in again; its keys work as before.",
  options: { email: { type: "string" } },
  takesId: true,
  run: async ({ values, id }) => {
    const find = namedUser(values.email, id, usage);
    const { userId, email, receipt } = await withDatabase(async () => {
      const user = await find();
      return await enableUser(commandLineActor(user.id), { userId: user.id });
    });
    return {
      json: { id: userId, email, ...receiptFields(receipt) },
      text: `Enabled ${email}. Its keys work again; its people sign in anew.`,
    };
  },
});
