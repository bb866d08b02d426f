import type { UseFormRegisterReturn } from "react-hook-form";
import { SCOPE_WORDS, SCOPES } from "#lib/scopes.ts";
import { ScopeStrip } from "./scope-strip.tsx";

/** One choice for each scope, drawn alike: the narrow ones are as near as the wide one. */
export function ScopePicker({ field }: { field: UseFormRegisterReturn }) {
  return (
    <fieldset aria-describedby="scope-help">
      <legend className="legend">Scope</legend>
      <div className="choices">
        {SCOPES.map((scope) => (
          <label key={scope} className="choice">
            <input type="radio" value={scope} {...field} />
            <b>
              {SCOPE_WORDS[scope].label}
              {SCOPE_WORDS[scope].tag !== undefined && <span className="tag ok text">{SCOPE_WORDS[scope].tag}</span>}
            </b>
            <span>
              <span className="scope">
                <ScopeStrip scope={scope} />
                <span className="tag">{scope}</span>
              </span>
            </span>
            <span className="help">
              {SCOPE_WORDS[scope].sentence} {SCOPE_WORDS[scope].more}
            </span>
          </label>
        ))}
      </div>
      <p className="help gap" id="scope-help">
        Use the narrowest scope that fits. To change it later, make another key.
      </p>
    </fieldset>
  );
}
