import { AppName } from "#components/consent/app-name.tsx";
import { MayItem, MayNever, toolNames } from "#components/consent/may-item.tsx";
import { ScopeChoice } from "#components/consent/scope-choice.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";
import { scopeAllows, scopeLabel } from "#lib/scopes.ts";

/** What the app may do: what it asked for is chosen, and what is less is as near. */
export function ConsentScope({ client, asked }: { client: ClientFacts; asked: string }) {
  const narrower = scopeAllows(asked, "read") && scopeAllows(asked, "write") ? ["mcp:read"] : [];
  return (
    <fieldset className="picker stack">
      <legend className="legend">It may</legend>
      <div className="choices">
        <ScopeChoice scope={asked} isAsked>
          As asked by the app.{narrower.length > 0 && " You can narrow it."}
        </ScopeChoice>
        {narrower.map((scope) => (
          <ScopeChoice key={scope} scope={scope}>
            Some features of the app may not work.
          </ScopeChoice>
        ))}
      </div>
      <ul className="may">
        {scopeAllows(asked, "read") && <MayItem access="read" />}
        {scopeAllows(asked, "write") && <MayItem access="write" />}
        <MayNever />
      </ul>
      {narrower.length > 0 && (
        <p className="small narrowed">
          <AppName client={client} /> asked for {scopeLabel(asked)}. It cannot: <code>{toolNames("write")}</code>.
        </p>
      )}
    </fieldset>
  );
}
