import type { Metadata } from "next";
import Link from "next/link";
import { FocusPage } from "#components/shell/focus-page.tsx";
import { Button } from "#components/ui/button.tsx";
import { env } from "#lib/env.ts";

export const metadata: Metadata = { title: "This link no longer works" };

/** What a dead set-up link shows: used, replaced by a restart, or never one. */
export default function DeadSetupLink() {
  return (
    <FocusPage host={new URL(env().publicUrl).host}>
      <h1 tabIndex={-1}>This link no longer works</h1>
      <p className="lead">The server prints a new one at each start until there is an account.</p>
      <div className="row wrap acts">
        <Button asChild>
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </div>
    </FocusPage>
  );
}
