import { afterAll, expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { closeAcknowledgements } from "#lib/events/acknowledgements.ts";
import { isId } from "#lib/ids.ts";
import { verifyPassword } from "#lib/users/password.ts";
import { testDatabase } from "#test/database.ts";
import { runCommandLine } from "#test/run-command-line.ts";

const database = testDatabase();
afterAll(closeAcknowledgements);

const SECRET = "of-the-command-line-tests-only-0123456789";
const PASSWORD = "seventeen green herons";
const environment = () => ({ DATABASE_URL: database.url(), SECRET });
const cli = (argv: string[], stdin = "") => runCommandLine([...argv, "--json"], environment(), { stdin });

/** The one document on standard output; anything beside it would not parse. */
function document(result: { status: number; stdout: string; stderr: string }) {
  expect(result).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(result.stdout);
}

test("user create takes the password on standard input and prints {id, email}, through npm too", async () => {
  const argv = ["user", "create", "--email", "Ada@Example.ORG", "--password-stdin", "--admin", "--json"];
  const user = document(await runCommandLine(argv, environment(), { stdin: `${PASSWORD}\n`, via: "npm" }));
  expect(user).toEqual({ id: expect.toSatisfy(isId), email: "ada@example.org" });
  const row = await db().user.findUniqueOrThrow({ where: { id: user.id } });
  expect(row.isAdministrator).toBe(true);
  expect(await verifyPassword(PASSWORD, row.passwordHash)).toBe(true);
  const audit = await db().auditEvent.findMany({ where: { targetId: user.id } });
  expect(audit).toMatchObject([{ action: "user.created", actorKind: "command_line", actorId: null }]);
});

test("user create --password works and warns that others can see it", async () => {
  const result = await cli(["user", "create", "--email", "bob@example.org", "--password", PASSWORD]);
  expect(result).toMatchObject({ status: 0, stderr: expect.stringMatching(/^Warning: --password can be read/) });
  expect(JSON.parse(result.stdout)).toMatchObject({ email: "bob@example.org" });
  expect(result.stderr).not.toContain(PASSWORD);
});

test.each<[string, string[], string, string]>([
  ["an e-mail that is taken", ["--email", "ADA@example.org", "--password-stdin"], PASSWORD, "email_taken"],
  ["no e-mail", ["--email", "ada", "--password-stdin"], PASSWORD, "email_invalid"],
  [
    "SIG-08: a password that is too short",
    ["--email", "c@example.org", "--password-stdin"],
    "short",
    "password_too_short",
  ],
  ["attack 45: no password at all", ["--email", "c@example.org"], "", "usage"],
  ["attack 45: an empty password", ["--email", "c@example.org", "--password-stdin"], "\n", "password_too_short"],
])("user create refuses, with nothing on standard output: %s", async (_name, options, stdin, error) => {
  const result = await cli(["user", "create", ...options], stdin);
  expect(result).toMatchObject({ status: 1, stdout: "" });
  expect(JSON.parse(result.stderr)).toEqual({ error, message: expect.any(String) });
});

test("without --json a refusal is one line for people", async () => {
  const argv = ["user", "disable", "--email", "nobody@example.org"];
  const result = await runCommandLine(argv, environment());
  expect(result).toEqual({ status: 1, stdout: "", stderr: "No such user. List them with: user list.\n" });
});

test("user list, disable and enable, by e-mail or by id", async () => {
  const users = document(await cli(["user", "list"]));
  expect(users.map((user: { email: string }) => user.email)).toEqual(["ada@example.org", "bob@example.org"]);
  expect(JSON.stringify(users)).not.toContain("argon2");
  const [, bob] = users;
  const disabled = document(await cli(["user", "disable", "--email", "BOB@example.org"]));
  expect(disabled).toMatchObject({ id: bob.id, email: "bob@example.org", endedSessions: 0, acknowledgedBy: 0, of: 0 });
  expect((await db().user.findUniqueOrThrow({ where: { id: bob.id } })).disabledAt).not.toBeNull();
  expect(document(await cli(["user", "enable", bob.id]))).toMatchObject({ id: bob.id, email: "bob@example.org" });
  expect((await db().user.findUniqueOrThrow({ where: { id: bob.id } })).disabledAt).toBeNull();
});
