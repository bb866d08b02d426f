import fc from "fast-check";
import { expect, test } from "vitest";
import { db } from "#lib/db.ts";
import { newId } from "#lib/ids.ts";
import { insertUser, testDatabase } from "#test/database.ts";
import { connectedAppMail } from "./connected-app.ts";
import { mailText } from "./mail-text.ts";
import { reusedTokenMail } from "./reused-token.ts";

testDatabase();
const AT = new Date("2026-01-02T03:04:05Z");
const HOSTILE = "Claude”\r\nBcc: all@evil.example\u2028\u202e (verified by Example) “";
const SHOWN = "“ClaudeBcc: all@evil.example (verified by Example)”";

test("attack 20: in the mail about an app that was allowed, its name is one line in our quotes", async () => {
  const { id, email } = await insertUser();
  const actor = { kind: "user", userId: id, isAdministrator: false } as const;
  const app = { name: HOSTILE, host: null, trust: "unverified", scope: "mcp" } as const;
  const mail = await connectedAppMail(actor, app, AT);
  expect(mail?.to).toBe(email);
  expect(mail?.subject).toBe(`${SHOWN} can now use your memories`);
  expect(mail?.text).toContain(`You let ${SHOWN} (unverified) use your memories`);
});

test("attack 20: so it is in the mail about a token that was used twice", async () => {
  const { id: userId } = await insertUser();
  const id = newId();
  const names = { clientId: "psc_1", clientName: HOSTILE, trust: "unverified", scope: "mcp" };
  await db().oAuthGrant.create({ data: { id, userId, ...names, payload: {}, expiresAt: new Date(AT.getTime() + 1) } });
  const mail = await reusedTokenMail(id, AT);
  expect(mail?.subject).toBe(`${SHOWN} was disconnected: a token of it was used twice`);
  expect(mail?.text).toContain(`A token of ${SHOWN} that was used up`);
});

test("attack 20: a subject is one line, whatever is in it", () => {
  const unit = fc.oneof(fc.constantFrom("\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029", "\0"), fc.string());
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 80 }), (parts) => {
      const words = { subject: parts.join(""), paragraphs: [], link: { label: "x", url: "https://x.example/" } };
      const { subject } = mailText("maya@example.org", words, "https://x.example");
      expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      expect([...subject].length).toBeLessThanOrEqual(160);
    }),
  );
});
