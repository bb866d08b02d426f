import Link from "next/link";
import { Button } from "#components/ui/button.tsx";

/** Before the first app, and after the last. */
export function AppsEmpty() {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <div className="stack">
        <h2 id="empty-title">No connected apps</h2>
        <p>An app appears here when you allow it in your browser.</p>
        <div>
          <Button variant="primary" asChild>
            <Link prefetch={false} href="/connect">
              Connect a client
            </Link>
          </Button>
        </div>
      </div>
    </section>
  );
}
