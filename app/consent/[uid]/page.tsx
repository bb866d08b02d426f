import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { readerTime } from "#app/reader-time.ts";
import { ConsentForm } from "#components/consent/consent-form.tsx";
import { consentHeading } from "#components/consent/consent-heading.ts";
import { FocusPage } from "#components/shell/focus-page.tsx";
import { env } from "#lib/env.ts";
import { isDomainError } from "#lib/errors.ts";
import { errorOf } from "#lib/oauth/consent/consent-errors.ts";
import { consentToken } from "#lib/oauth/consent/consent-token.ts";
import { pendingConsent } from "#lib/oauth/consent/interactions.ts";
import { requireUser } from "#lib/session/require-user.ts";
import { clockWords } from "#lib/time-words.ts";

type Props = { params: Promise<{ uid: string }> };

/** Who asks for what. Whoever is not signed in goes to sign in and comes back (standards SIG-01); a request that ends meanwhile has a page of its own. */
const question = cache(async (uid: string) => {
  const signedIn = await requireUser();
  const cookies = (await headers()).get("cookie") ?? "";
  const pending = await pendingConsent(signedIn.actor, uid, cookies).catch((error: unknown) => {
    if (isDomainError(error)) redirect(`/consent/error?kind=${errorOf(error.code)}`);
    throw error;
  });
  return { ...signedIn, pending };
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { pending } = await question((await params).uid);
  return { title: consentHeading(pending) };
}

/** Asks the signed-in person whether an app may use their memories. Every authorization passes here. */
export default async function ConsentPage({ params }: Props) {
  const { uid } = await params;
  const { pending, user, session } = await question(uid);
  const { publicUrl, mcpUrl, refreshTokenSeconds } = env();
  const { zone } = await readerTime();
  const endsAt = clockWords(pending.endsAt, zone);
  return (
    <FocusPage host={new URL(publicUrl).host} isTop>
      <ConsentForm
        consent={{
          ...pending,
          email: user.email,
          target: `${new URL(mcpUrl).host}/mcp`,
          token: consentToken(session.id, uid),
          endsAtWords: zone === "UTC" ? `${endsAt} UTC` : endsAt,
          renewDays: Math.floor((refreshTokenSeconds * 3) / 86_400),
        }}
      />
    </FocusPage>
  );
}
