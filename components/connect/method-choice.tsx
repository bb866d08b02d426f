import type { Method, Refusal, Snippet } from "#lib/connect/snippet.ts";
import { Step } from "./step.tsx";

type Ways = Readonly<Record<Method, Snippet | Refusal>>;

/** How the client signs in. A way that it does not have says so, and cannot be chosen. */
export function MethodChoice({
  label,
  ways,
  value,
  onChange,
}: {
  label: string;
  ways: Ways;
  value: Method;
  onChange: (method: Method) => void;
}) {
  const choices = [
    {
      method: "oauth" as const,
      name: "OAuth, in the browser",
      help: `No key to keep. ${label} opens this server and asks you.`,
    },
    { method: "key" as const, name: "API key", help: `For machines without a browser. ${keyPlace(label, ways.key)}` },
  ];
  return (
    <fieldset>
      <legend>
        <Step number={2}>Sign in with</Step>
      </legend>
      <div className="choices">
        {choices.map(({ method, name, help }) => {
          const way = ways[method];
          const isAbsent = way.kind === "none";
          return (
            <label key={method} className={isAbsent ? "choice absent" : "choice"}>
              <input
                type="radio"
                name="with"
                value={method}
                checked={method === value}
                disabled={isAbsent}
                onChange={() => onChange(method)}
              />
              <span>
                <b>{name}</b>
              </span>
              <span className="help">{isAbsent ? way.reason : help}</span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

function keyPlace(label: string, way: Snippet | Refusal): string {
  if (way.kind === "none") return "";
  if (way.askedFor !== undefined) return `${label} asks for the key and keeps it.`;
  const isInVariable = way.environment !== undefined || way.kind === "command";
  return isInVariable ? "The key goes into an environment variable." : "The key goes into the file.";
}
