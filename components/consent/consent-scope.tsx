import { Check, X } from "lucide-react";
import { ScopeStrip } from "#components/keys/scope-strip.tsx";
import { SCOPE_WORDS, SCOPES, type Scope, STRIP_OPERATIONS, scopeAllows } from "#lib/scopes.ts";

const WORDS = [
  { access: "read", words: "Find and look at your memories", className: "r" },
  { access: "write", words: "Store memories, and forget all about one entity", className: "w" },
] as const;

/** What the app may do: what it asked for is chosen, and what is less is as near. */
export function ConsentScope({ asked }: { asked: string }) {
  const choices = offered(asked);
  return (
    <fieldset className="picker stack">
      <legend className="legend">It may</legend>
      <div className="choices">
        {choices.map((scope, index) => (
          <label key={scope} className="choice">
            <input type="radio" name="scope" value={scope} defaultChecked={index === 0} />
            <b>{labelOf(scope)}</b>
            <span>
              {scope.split(" ").map((one) => (
                <ScopeStrip key={one} scope={one as Scope} />
              ))}
            </span>
            <span className="help">
              {index === 0 && choices.length > 1 && "As asked by the app. You can narrow it."}
              {index === 0 && choices.length === 1 && "As asked by the app."}
              {index > 0 && "Some features of the app may not work."}
            </span>
          </label>
        ))}
      </div>
      <May scope={asked} />
    </fieldset>
  );
}

/** The same in words, with the names of the tools. */
export function May({ scope }: { scope: string }) {
  return (
    <ul className="may">
      {WORDS.filter(({ access }) => scopeAllows(scope, access)).map(({ access, words, className }) => (
        <li key={access} className={className}>
          <Check className="icon yes" aria-hidden="true" />
          <span>
            {words}
            <code>
              {STRIP_OPERATIONS.filter((operation) => operation.access === access)
                .map(({ name }) => name)
                .join(", ")}
            </code>
          </span>
        </li>
      ))}
      <li>
        <X className="icon no" aria-hidden="true" />
        <span className="muted">Never: see your password, your keys or other apps</span>
      </li>
    </ul>
  );
}

/** What was asked first, then what is less. */
function offered(asked: string): string[] {
  const names = asked.split(" ");
  if (names.includes("mcp")) return ["mcp", "mcp:read", "mcp:write"];
  const parts = SCOPES.filter((scope) => names.includes(scope));
  return parts.length > 1 ? [parts.join(" "), ...parts] : parts;
}

function labelOf(scope: string): string {
  return scope
    .split(" ")
    .map((one) => SCOPE_WORDS[one as Scope].label)
    .join(" and ");
}
