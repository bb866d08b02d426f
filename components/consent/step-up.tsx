import { ScopeStrip } from "#components/keys/scope-strip.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { STRIP_OPERATIONS, scopeAllows, scopeLabel } from "#lib/scopes.ts";

/** What an app has and what it asks for beside: a difference, not a list to be read twice. */
export function StepUp({ heldScope, asked }: { heldScope: string; asked: string }) {
  const added = STRIP_OPERATIONS.filter(({ access }) => scopeAllows(asked, access) && !scopeAllows(heldScope, access));
  return (
    <div className="stack">
      <input type="hidden" name="scope" value={asked} />
      <div className="asks diff">
        <div className="row between wrap">
          <span className="small muted">Now</span>
          <span className="scope">
            <ScopeStrip scope={heldScope} />
            <Tag>{heldScope}</Tag>
          </span>
        </div>
        <div className="row between wrap">
          <span className="small muted">Asked for</span>
          <span className="scope">
            <ScopeStrip scope={asked} heldScope={heldScope} />
            <Tag>{asked}</Tag>
          </span>
        </div>
        <p>
          Adds: <code>{added.map(({ name }) => name).join(", ") || "editing memories and deleting all, on REST"}</code>
        </p>
      </div>
      <p className="small">If you deny, it keeps {scopeLabel(heldScope)}.</p>
    </div>
  );
}
