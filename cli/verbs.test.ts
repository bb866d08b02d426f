import { expect, test } from "vitest";
import { findVerb, HELP } from "./verbs.ts";

const SURROUNDINGS = { folder: "/" };
/** Runs words up to the point where a database would be needed; none is. */
const run = async (...words: string[]) => {
  const { verb, rest } = findVerb(words);
  return await verb.run(rest, SURROUNDINGS);
};
const ID = "01a20deb-2c0e-73fd-904f-317c1a35c6b0";
const KEY = ["--email", "a@example.org", "--name", "ci"];

test.each<[string, string[], RegExp]>([
  ["no such verb", ["key", "make"], /There is no verb "key make"\. Use one of: key create, key list/],
  ["a noun alone", ["user"], /Use one of: user create, user list/],
  ["a name that every object has", ["constructor"], /There is no verb "constructor"/],
  ["unknown option", ["key", "create", "--foo"], /Unknown option '--foo'\. Write: key create --email E/],
  ["missing option", ["key", "create", "--email", "a@example.org"], /--name is missing\. Write: key create/],
  ["missing value", ["key", "list", "--email"], /argument missing\. Write: key list/],
  ["empty value", ["user", "create", "--email=", "--password-stdin"], /--email is missing/],
  [
    "an option twice",
    ["key", "list", "--email", "a@example.org", "--email", "b@example.org"],
    /--email is given twice/,
  ],
  ["a word too many", ["key", "list", "everything"], /"everything" is one word too many/],
  ["no id", ["key", "rotate"], /The id of the key is missing\. Write: key rotate ID/],
  ["unknown scope", ["key", "create", ...KEY, "--scope", "admin"], /^--scope is one of mcp, mcp:read, mcp:write: /],
  [
    "bad duration",
    ["key", "create", ...KEY, "--scope", "mcp", "--expires-in", "30"],
    /--expires-in "30" is not a duration/,
  ],
  [
    "too short a life",
    ["key", "create", ...KEY, "--scope", "mcp", "--expires-in", "1s"],
    /^--expires-in or --expires-at: /,
  ],
  [
    "not a date",
    ["key", "create", ...KEY, "--scope", "mcp", "--expires-at", "soon"],
    /^--expires-in or --expires-at: /,
  ],
  [
    "both expiries",
    ["key", "create", ...KEY, "--scope", "mcp", "--expires-in", "1d", "--expires-at", "2030-01-01"],
    /exclude each other/,
  ],
  ["bad grace", ["key", "rotate", ID, "--grace", "a day"], /--grace "a day" is not a duration/],
  ["attack 6: negative grace", ["key", "rotate", ID, "--grace=-1h"], /--grace "-1h" is not a duration/],
  ["attack 6: huge grace", ["key", "rotate", ID, "--grace", "8d"], /^--grace: Choose 0 to 168 hours/],
  ["not a hash", ["key", "import", ...KEY, "--scope", "mcp", "--sha256", "abc"], /^--sha256: Give the SHA-256/],
  ["a file that is not there", ["key", "import", "--file", "none.json"], /none\.json cannot be read \(ENOENT\)/],
  ["a file and more", ["key", "import", "--file", "k.json", "--email", "a@example.org"], /--file goes alone/],
  ["no account named", ["user", "disable"], /Name the account once\. Write: user disable/],
  [
    "password twice",
    ["user", "create", "--email", "a@example.org", "--password", "x", "--password-stdin"],
    /exclude each other/,
  ],
])("a command that is wrong says how to write it: %s", async (_name, words, message) => {
  await expect(run(...words)).rejects.toMatchObject({ name: "UsageError", message: expect.stringMatching(message) });
});

test("help names every verb with what it takes", () => {
  for (const usage of ["user create --email E", "user disable --email E | ID", "key revoke ID", "doctor"]) {
    expect(HELP).toContain(usage);
  }
});
