import Link from "next/link";
import { NewKeyButton } from "./new-key-button.tsx";
import { ScopeOperations } from "./scope-operations.tsx";

/** Before the first key: what a key is for, and what it can be allowed to do. */
export function KeysEmpty() {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <div className="stack">
        <h2 id="empty-title">No keys yet</h2>
        <p>Make one for each place that uses your memories, so that you can end one without touching the others.</p>
        <div>
          <NewKeyButton>Create your first key</NewKeyButton>
        </div>
        <p className="small any">
          Editor plugins do not need a key: they sign in with OAuth.{" "}
          <Link prefetch={false} href="/connect">
            Connect a client
          </Link>
        </p>
      </div>
      <div>
        <p className="help cap">What a key can be allowed to do</p>
        <ScopeOperations scope="mcp" />
      </div>
    </section>
  );
}
