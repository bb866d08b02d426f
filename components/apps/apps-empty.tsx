import Link from "next/link";
import { NAV_ITEMS } from "#components/shell/nav-items.ts";
import { Button } from "#components/ui/button.tsx";

const CONNECT = "/connect";

/** Before the first app, and after the last. The button is there once its page is. */
export function AppsEmpty() {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <div className="stack">
        <h2 id="empty-title">No connected apps</h2>
        <p>An app appears here when you allow it in your browser.</p>
        {NAV_ITEMS.some(({ href }) => href === CONNECT) && (
          <div>
            <Button variant="primary" asChild>
              <Link prefetch={false} href={CONNECT}>
                Connect a client
              </Link>
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}
