import { OPERATOR } from "#lib/audit/actor.ts";
import { rotateSigningKey } from "#lib/oauth/signing/rotate-signing-key.ts";
import { receiptFields, receiptText } from "./receipt.ts";
import { defineVerb, UsageError } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "signing-key rotate [--now [--discard-unreadable]]";

export const signingKeyRotate = defineVerb({
  usage,
  summary:
    "Makes a new signing key, which signs once every cache can hold it; nobody is signed out. --now, for a key that leaked: every access token of before is refused at once, and apps refresh theirs.",
  options: { now: { type: "boolean" }, "discard-unreadable": { type: "boolean" } },
  run: async ({ values }) => {
    const discardUnreadable = values["discard-unreadable"] ?? false;
    if (discardUnreadable && !values.now) throw new UsageError(`--discard-unreadable goes with --now. Write: ${usage}`);
    const options = values.now ? ({ immediately: true, discardUnreadable } as const) : {};
    const { kid, signsFrom, receipt, signers } = await withDatabase(() => rotateSigningKey(OPERATOR, options));
    const lines = [`Made the signing key ${kid}. It signs from ${signsFrom.toISOString()}.`];
    if (values.now) lines.push(`The keys before: ${receiptText(receipt)}`);
    if (signers) lines.push(`${signers.renewed} of ${signers.of} authorization servers sign with it.`);
    return {
      json: { kid, signsFrom, ...receiptFields(receipt), ...(signers ? { signers } : {}) },
      text: lines.join("\n"),
    };
  },
});
