import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { AppName } from "#components/consent/app-name.tsx";
import { FocusPage } from "#components/shell/focus-page.tsx";
import { env } from "#lib/env.ts";
import { isDomainError } from "#lib/errors.ts";
import { errorOf } from "#lib/oauth/consent/consent-errors.ts";
import { answeredConsent } from "#lib/oauth/consent/interactions.ts";

export const metadata: Metadata = { title: "Go back to the app" };

type Props = { params: Promise<{ uid: string }> };

/**
 * What stays in the browser when the answer opens another program: links of an app's own scheme leave the page where it is. It goes
 * on with the answer by itself, once, and without scripts.
 */
export default async function SentPage({ params }: Props) {
  const { uid } = await params;
  const cookies = (await headers()).get("cookie") ?? "";
  const { isAllowed, client, returnTo } = await answeredConsent(uid, cookies).catch((error: unknown) => {
    if (isDomainError(error)) redirect(`/consent/error?kind=${errorOf(error.code)}`);
    throw error;
  });
  const app = <AppName client={client} />;
  return (
    <FocusPage host={new URL(env().publicUrl).host}>
      <meta httpEquiv="refresh" content={`0;url=${returnTo}`} />
      <h1 tabIndex={-1}>{isAllowed ? "Allowed" : "Denied"}</h1>
      <p className="lead" role="status">
        {isAllowed ? (
          <>Go back to {app}; you can close this tab. If your browser asks to open it, accept.</>
        ) : (
          <>{app} was told and got nothing. You can close this tab.</>
        )}
      </p>
    </FocusPage>
  );
}
