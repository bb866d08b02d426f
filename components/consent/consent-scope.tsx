import { Check, X } from "lucide-react";
import { AppName } from "#components/consent/app-name.tsx";
import { ScopeStrip } from "#components/keys/scope-strip.tsx";
import type { ClientFacts } from "#lib/oauth/client-facts.ts";
import { STRIP_OPERATIONS, scopeAllows, scopeLabel } from "#lib/scopes.ts";

const WORDS = [
  { access: "read", words: "Find and look at your memories", className: "r" },
  { access: "write", words: "Store memories, and forget all about one entity", className: "w" },
] as const;

/** What the app may do: what it asked for is chosen, and what is less is as near. */
export function ConsentScope({ client, asked }: { client: ClientFacts; asked: string }) {
  const narrower = scopeAllows(asked, "read") && scopeAllows(asked, "write") ? ["mcp:read"] : [];
  return (
    <fieldset className="picker stack">
      <legend className="legend">It may</legend>
      <div className="choices">
        {[asked, ...narrower].map((scope) => (
          <label key={scope} className="choice">
            <input type="radio" name="scope" value={scope} defaultChecked={scope === asked} />
            <b>{scopeLabel(scope)}</b>
            <span>
              <ScopeStrip scope={scope} />
            </span>
            <span className="help">
              {scope !== asked && "Some features of the app may not work."}
              {scope === asked && `As asked by the app.${narrower.length > 0 ? " You can narrow it." : ""}`}
            </span>
          </label>
        ))}
      </div>
      <ul className="may">
        {WORDS.filter(({ access }) => scopeAllows(asked, access)).map(({ access, words, className }) => (
          <li key={access} className={className}>
            <Check className="icon yes" aria-hidden="true" />
            <span>
              {words}
              <code>{namesOf(access)}</code>
            </span>
          </li>
        ))}
        <li>
          <X className="icon no" aria-hidden="true" />
          <span className="muted">Never: see your password, your keys or other apps</span>
        </li>
      </ul>
      {narrower.length > 0 && (
        <p className="small narrowed">
          <AppName client={client} /> asked for {scopeLabel(asked)}. It cannot: <code>{namesOf("write")}</code>.
        </p>
      )}
    </fieldset>
  );
}

function namesOf(access: "read" | "write"): string {
  return STRIP_OPERATIONS.filter((operation) => operation.access === access)
    .map(({ name }) => name)
    .join(", ");
}
