import type { Actor } from "#lib/audit/actor.ts";
import { db } from "#lib/db.ts";
import { env } from "#lib/env.ts";
import { cleanName } from "#lib/foreign-text.ts";
import { scopeLabel } from "#lib/scopes.ts";
import { systemName } from "#lib/sessions/browser-name.ts";
import { type Mail, mailText } from "./mail-text.ts";

export type ConnectedApp = {
  name: string;
  host: string | null;
  trust: "verified" | "server" | "unverified";
  scope: string;
};

/** The mail that tells a user of an app that was allowed something just now; undefined when the user is gone or disabled. */
export async function connectedAppMail(actor: Actor, app: ConnectedApp, now: Date): Promise<Mail | undefined> {
  const user = await db().user.findFirst({
    where: { id: actor.userId, disabledAt: null },
    select: { email: true },
  });
  if (!user) return undefined;
  const clean = cleanName(app.name);
  const name = app.trust === "unverified" ? `“${clean}”` : clean;
  const from = [actor.address, systemName(actor.userAgent)].filter((part) => part !== undefined).join(", ");
  return mailText(user.email, {
    subject: `${name} can now ${app.scope === "mcp:read" ? "read" : "use"} your memories`,
    paragraphs: [
      `You let ${name} (${trustWords(app)}) use your memories: ${scopeLabel(app.scope)}.`,
      `When ${now.toISOString().slice(0, 16).replace("T", " ")} UTC. From ${from || "an unknown address"}.`,
      "If it was not you, withdraw it and change your password.",
    ],
    link: { label: "Review connected apps", url: `${env().publicUrl}/apps` },
  });
}

function trustWords({ trust, host }: ConnectedApp): string {
  if (trust === "verified") return `verified ${host}`;
  return trust === "server" ? "added by this server" : "unverified";
}
