import { Tag } from "#components/ui/tag.tsx";
import { type Scope, STRIP_OPERATIONS, scopeAllows } from "#lib/scopes.ts";

const STEP = 16;
const GAP = 6;

/** Nine cells, four that read and five that write; filled where the scope allows the operation. */
export function ScopeStrip({ scope }: { scope: Scope }) {
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
      {STRIP_OPERATIONS.map((operation, index) => (
        <rect
          key={operation.name}
          className={scopeAllows(scope, operation.access) ? "on" : undefined}
          x={0.75 + index * STEP + (operation.access === "write" ? GAP : 0)}
          y=".75"
          width="11.5"
          height="11.5"
        />
      ))}
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
