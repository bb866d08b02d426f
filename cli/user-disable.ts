import { commandLineActor } from "#lib/audit/actor.ts";
import { disableUser } from "#lib/users/disable-user.ts";
import { namedUser } from "./named-user.ts";
import { receiptFields, receiptText } from "./receipt.ts";
import { defineVerb } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "user disable --email E | ID";

export const userDisable = defineVerb({
  usage,
  summary: "Ends the account's sessions and apps and lets no gateway accept its keys. Nothing is deleted.",
  options: { email: { type: "string" } },
  takesId: true,
  run: async ({ values, id }) => {
    const find = namedUser(values.email, id, usage);
    const { userId, email, endedSessions, endedApps, receipt } = await withDatabase(async () => {
      const user = await find();
      return await disableUser(commandLineActor(user.id), { userId: user.id });
    });
    return {
      json: { id: userId, email, endedSessions, endedApps, ...receiptFields(receipt) },
      text: `Disabled ${email}; ended ${endedSessions} of its sessions and ${endedApps} of its apps. ${receiptText(receipt)}`,
    };
  },
});
