import { db } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { cleanName } from "#lib/foreign-text.ts";
import { type Mail, mailText } from "./mail-text.ts";

/**
 * The mail that tells a user of an app that was withdrawn because a code or refresh token of it came twice (standards REF-03);
 * undefined when the user is gone or disabled.
 */
export async function reusedTokenMail(grantId: string, now: Date): Promise<Mail | undefined> {
  const grant = await db().oAuthGrant.findFirst({
    where: { id: grantId, user: { disabledAt: null } },
    select: { clientName: true, trust: true, user: { select: { email: true } } },
  });
  if (!grant) return undefined;
  const clean = cleanName(grant.clientName);
  const name = grant.trust === "unverified" ? `“${clean}”` : clean;
  return mailText(grant.user.email, {
    subject: `${name} was disconnected: a token of it was used twice`,
    paragraphs: [
      `A token of ${name} that was used up came again, so somebody else may hold a copy. ${name} can no longer use your memories.`,
      `When ${now.toISOString().slice(0, 16).replace("T", " ")} UTC.`,
      "Connect it again where you use it. If this happens more than once, look for the copy: a backup, a second computer, a shared folder.",
    ],
    link: { label: "Review connected apps", url: `${env().publicUrl}/apps` },
  });
}
