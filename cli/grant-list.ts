import { commandLineActor } from "#lib/audit/actor.ts";
import { type GrantView, listGrants } from "#lib/grants/list-grants.ts";
import { findUserByEmail } from "#lib/users/find-user-by-email.ts";
import { table } from "./table.ts";
import { defineVerb, required } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "grant list --email E";

export const grantList = defineVerb({
  usage,
  summary: "Lists the apps that an account has connected, newest first; one line for each installation.",
  options: { email: { type: "string" } },
  run: async ({ values }) => {
    const email = required(values.email, "--email", usage);
    const grants = await withDatabase(async () => {
      const user = await findUserByEmail(email);
      return await listGrants(commandLineActor(user.id));
    });
    const head = ["ID", "APP", "CLIENT", "TRUST", "SCOPE", "SINCE", "FIRST USED", "LAST USED"];
    return { json: grants, text: grants.length > 0 ? table(head, grants.map(row)) : "No connected apps." };
  },
});

function row({ id, clientName, clientId, trust, scope, createdAt, firstUsedAt, lastUsedAt }: GrantView): string[] {
  const uses = [firstUsedAt, lastUsedAt].map((at) => at?.toISOString() ?? "never");
  return [id, clientName, clientId, trust, scope, createdAt.toISOString(), ...uses];
}
