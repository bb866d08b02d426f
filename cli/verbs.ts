import { clientCreate } from "./client-create.ts";
import { clientList } from "./client-list.ts";
import { clientRemove } from "./client-remove.ts";
import { doctor } from "./doctor.ts";
import { grantList } from "./grant-list.ts";
import { grantWithdraw } from "./grant-withdraw.ts";
import { keyCreate } from "./key-create.ts";
import { keyImport } from "./key-import.ts";
import { keyList } from "./key-list.ts";
import { keyRevoke } from "./key-revoke.ts";
import { keyRotate } from "./key-rotate.ts";
import { signingKeyList } from "./signing-key-list.ts";
import { signingKeyRotate } from "./signing-key-rotate.ts";
import { userCreate } from "./user-create.ts";
import { userDisable } from "./user-disable.ts";
import { userEnable } from "./user-enable.ts";
import { userList } from "./user-list.ts";
import { UsageError, type Verb } from "./verb.ts";

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ["user create", userCreate],
  ["user list", userList],
  ["user disable", userDisable],
  ["user enable", userEnable],
  ["key create", keyCreate],
  ["key list", keyList],
  ["key rotate", keyRotate],
  ["key revoke", keyRevoke],
  ["key import", keyImport],
  ["client create", clientCreate],
  ["client list", clientList],
  ["client remove", clientRemove],
  ["grant list", grantList],
  ["grant withdraw", grantWithdraw],
  ["signing-key list", signingKeyList],
  ["signing-key rotate", signingKeyRotate],
  ["doctor", doctor],
]);

/** What --help prints. */
export const HELP = [
  "npm run --silent cli -- VERB [--json]",
  "",
  ...[...VERBS.values()].flatMap(({ usage, summary }) => [`  ${usage}`, `      ${summary}`]),
  "",
  "With --json: one JSON document on standard output; a refusal is {error, message} on standard error and exit status 1.",
  "Works while the server runs and while it does not, with the same environment as the server.",
].join("\n");

/** The verb that the first words name, and what follows them. @throws UsageError listing what there is. */
export function findVerb(words: readonly string[]): { verb: Verb; rest: readonly string[] } {
  for (const length of [1, 2]) {
    const verb = VERBS.get(words.slice(0, length).join(" "));
    if (verb) return { verb, rest: words.slice(length) };
  }
  const noun = words[0] ?? "";
  const all = [...VERBS.keys()];
  const near = all.filter((name) => name.startsWith(`${noun} `));
  const choices = near.length > 0 ? near : all;
  throw new UsageError(
    `There is no verb ${JSON.stringify(words.slice(0, 2).join(" "))}. Use one of: ${choices.join(", ")}. See --help.`,
  );
}
