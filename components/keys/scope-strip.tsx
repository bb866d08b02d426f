import { Fragment } from "react";
import { Tag } from "#components/ui/tag.tsx";
import { type Scope, STRIP_OPERATIONS, scopeAllows } from "#lib/scopes.ts";

const STEP = 16;
const GAP = 6;

/**
 * Nine cells, four that read and five that write; filled where the scope (space-separated, if several) allows the operation.
 * `heldScope`: what is there already; what the scope adds to it holds a plus.
 */
export function ScopeStrip({ scope, heldScope = scope }: { scope: string; heldScope?: string }) {
  const allowed = STRIP_OPERATIONS.filter((operation) => scopeAllows(scope, operation.access));
  return (
    <svg
      className="strip"
      width="148"
      height="13"
      viewBox="0 0 148 13"
      role="img"
      aria-label={`${scope}: ${allowed.map((operation) => operation.name).join(", ")}`}
    >
      {STRIP_OPERATIONS.map(({ name, access }, index) => {
        const x = 0.75 + index * STEP + (access === "write" ? GAP : 0);
        const isAdded = scopeAllows(scope, access) && !scopeAllows(heldScope, access);
        const lit = scopeAllows(scope, access) ? "on" : undefined;
        return (
          <Fragment key={name}>
            <rect className={isAdded ? "add" : lit} x={x} y=".75" width="11.5" height="11.5" />
            {isAdded && <path d={`M${x + 3} 6.5h5.5M${x + 5.75} 3.75v5.5`} />}
          </Fragment>
        );
      })}
    </svg>
  );
}

/** A scope as it stands everywhere: the strip, and the tag beside it. */
export function ScopeMark({ scope }: { scope: Scope }) {
  return (
    <span className="scope">
      <ScopeStrip scope={scope} />
      <Tag>{scope}</Tag>
    </span>
  );
}
