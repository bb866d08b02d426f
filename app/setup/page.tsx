import type { Metadata } from "next";
import { FocusPage } from "#components/shell/focus-page.tsx";
import { DeadSetupLink } from "#components/sign-in/dead-setup-link.tsx";
import { SetupForm } from "#components/sign-in/setup-form.tsx";
import { env } from "#lib/env.ts";
import { isSetupLinkAlive } from "#lib/users/setup-link.ts";
import { setupAction } from "./actions.ts";

export const metadata: Metadata = { title: "Make the first account" };

type Props = { searchParams: Promise<{ token?: string | string[] }> };

/** Shows the form; only sending it uses the link up, since mail scanners and previews open links (SIG-07). */
export default async function SetupPage({ searchParams }: Props) {
  const { token } = await searchParams;
  // A dead link is a page of its own rather than notFound(): Next sends that one empty and draws it by script.
  const isAlive = typeof token === "string" && (await isSetupLinkAlive(token));
  return (
    <FocusPage host={new URL(env().publicUrl).host}>
      {isAlive ? (
        <div className="stack loose">
          <div>
            <h1 tabIndex={-1}>Make the first account</h1>
            <p className="lead">
              You become the administrator of this server. The link that brought you here works once.
            </p>
          </div>
          <SetupForm action={setupAction} token={token} />
          {env().databaseUrl === undefined && (
            <p className="small muted">
              Data is kept on this machine, in the embedded PostgreSQL. Set <code>DATABASE_URL</code> to use your own.
            </p>
          )}
        </div>
      ) : (
        <DeadSetupLink />
      )}
    </FocusPage>
  );
}
