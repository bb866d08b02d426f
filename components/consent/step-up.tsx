import { ScopeMark } from "#components/keys/scope-strip.tsx";
import { SCOPE_WORDS, type Scope, STRIP_OPERATIONS, scopeAllows } from "#lib/scopes.ts";

/** What an app has and what it asks for beside: a difference, not a list to be read twice. */
export function StepUp({ heldScope, asked }: { heldScope: string; asked: string }) {
  const added = STRIP_OPERATIONS.filter(({ access }) => scopeAllows(asked, access) && !scopeAllows(heldScope, access));
  return (
    <div className="stack">
      <input type="hidden" name="scope" value={asked} />
      <div className="asks diff">
        <div className="row between wrap">
          <span className="small muted">Now</span>
          <Marks scope={heldScope} />
        </div>
        <div className="row between wrap">
          <span className="small muted">Asked for</span>
          <Marks scope={asked} />
        </div>
        <p>
          Adds: <code>{added.map(({ name }) => name).join(", ")}</code>
        </p>
      </div>
      <p className="small">
        If you deny, it keeps{" "}
        {heldScope
          .split(" ")
          .map((one) => SCOPE_WORDS[one as Scope].label)
          .join(" and ")}
        .
      </p>
    </div>
  );
}

function Marks({ scope }: { scope: string }) {
  return (
    <span className="row wrap">
      {scope.split(" ").map((one) => (
        <ScopeMark key={one} scope={one as Scope} />
      ))}
    </span>
  );
}
