import type { ReactNode } from "react";
import { ScopeStrip } from "#components/keys/scope-strip.tsx";
import { scopeLabel } from "#lib/scopes.ts";

/** One answer to the question how much; the one that was asked for is chosen at first. `heldScope`: what is no addition. */
export function ScopeChoice({
  scope,
  heldScope = scope,
  isAsked = false,
  children,
}: {
  scope: string;
  heldScope?: string;
  isAsked?: boolean;
  children: ReactNode;
}) {
  return (
    <label className="choice">
      <input type="radio" name="scope" value={scope} defaultChecked={isAsked} />
      <b>{scopeLabel(scope)}</b>
      <span>
        <ScopeStrip scope={scope} heldScope={heldScope} />
      </span>
      <span className="help">{children}</span>
    </label>
  );
}
