import { listUsers } from "#lib/users/list-users.ts";
import { table } from "./table.ts";
import { defineVerb } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

export const userList = defineVerb({
  usage: "user list",
  summary: "Lists the accounts, oldest first.",
  options: {},
  run: async () => {
    const users = await withDatabase(listUsers);
    const rows = users.map(({ id, email, isAdministrator, disabledAt }) => [
      id,
      email,
      isAdministrator ? "administrator" : "",
      disabledAt ? "disabled" : "",
    ]);
    return {
      json: users,
      text: users.length > 0 ? table(["ID", "EMAIL", "ROLE", "STATE"], rows) : "No accounts yet. Make one: user create",
    };
  },
});
