import { createUser } from "#lib/users/create-user.ts";
import { createUserSchema } from "#lib/users/schemas.ts";
import { checked } from "./checked.ts";
import { readStandardInput } from "./read-input.ts";
import { defineVerb, required, UsageError } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "user create --email E --password-stdin [--name N] [--admin]";

export const userCreate = defineVerb({
  usage,
  summary: "Makes an account. The password comes on standard input, 15 characters at least.",
  options: {
    email: { type: "string" },
    name: { type: "string" },
    password: { type: "string" },
    "password-stdin": { type: "boolean" },
    admin: { type: "boolean" },
  },
  run: async ({ values }) => {
    const email = required(values.email, "--email", usage);
    if (values.password !== undefined && values["password-stdin"]) {
      throw new UsageError("--password and --password-stdin exclude each other. Keep --password-stdin.");
    }
    const password = values["password-stdin"]
      ? await readPassword()
      : required(values.password, "--password-stdin", usage);
    const given = { email, password, name: values.name, isAdministrator: values.admin ?? false };
    const names = { email: "--email", password: "The password", name: "--name" };
    const input = checked(createUserSchema, given, names);
    const user = await withDatabase(() => createUser(input));
    return {
      json: { id: user.id, email: user.email },
      text: `Made the account ${user.email} (${user.id}). Sign in with it, or make its first key: key create --email ${user.email} --name NAME --scope SCOPE`,
      warning:
        values.password === undefined
          ? undefined
          : "--password can be read in the list of processes and in the shell's history. Use --password-stdin.",
    };
  },
});

/** One trailing line break is the terminal's or echo's, not the password's. */
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write("Type the password, Enter, then Ctrl D:\n");
  return (await readStandardInput()).replace(/\r?\n$/, "");
}
