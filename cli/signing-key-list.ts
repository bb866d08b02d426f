import { listSigningKeys, type SigningKeyView } from "#lib/oauth/signing/signing-keys.ts";
import { table } from "./table.ts";
import { defineVerb } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

export const signingKeyList = defineVerb({
  usage: "signing-key list",
  summary: "Lists the keys that sign access tokens: the next, the current, and those that only verify.",
  options: {},
  run: async () => {
    const keys = await withDatabase(() => listSigningKeys());
    const head = ["KID", "STATE", "MADE", "SIGNS FROM", "GONE AT"];
    const text =
      keys.length > 0 ? table(head, keys.map(row)) : "No signing keys yet. The server makes one at its start.";
    return { json: keys, text };
  },
});

function row({ kid, state, createdAt, signsFrom, retiresAt }: SigningKeyView): string[] {
  return [kid, state, createdAt.toISOString(), signsFrom.toISOString(), retiresAt?.toISOString() ?? ""];
}
