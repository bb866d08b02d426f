import { type Scope, STRIP_OPERATIONS, scopeAllows } from "#lib/scopes.ts";

/** The strip at its largest: every operation by name and in words, lit where `scope` allows it. */
export function ScopeOperations({ scope }: { scope: Scope }) {
  return (
    <div className="ops">
      <Side title="Read" access="read" scope={scope} />
      <Side title="Write" access="write" scope={scope} />
    </div>
  );
}

function Side({ title, access, scope }: { title: string; access: "read" | "write"; scope: Scope }) {
  const isOn = scopeAllows(scope, access);
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {STRIP_OPERATIONS.filter((operation) => operation.access === access).map((operation) => (
          <li key={operation.name} className={isOn ? "op on" : "op"}>
            <i />
            <code>{operation.name}</code>
            <span>
              {operation.words}
              {!isOn && <span className="sr">, not allowed</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
