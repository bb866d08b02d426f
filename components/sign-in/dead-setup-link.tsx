import Link from "next/link";
import { Button } from "#components/ui/button.tsx";

/** What a set-up link shows that was used, replaced by a restart, or never one. */
export function DeadSetupLink() {
  return (
    <div>
      <h1 tabIndex={-1}>This link no longer works</h1>
      <p className="lead">The server prints a new one at each start until there is an account.</p>
      <div className="row wrap acts">
        <Button asChild>
          <Link href="/sign-in">Sign in</Link>
        </Button>
      </div>
    </div>
  );
}
