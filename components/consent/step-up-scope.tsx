import { MayEdit, MayItem, MayNever, toolNames } from "#components/consent/may-item.tsx";
import { ScopeChoice } from "#components/consent/scope-choice.tsx";
import { ScopeStrip } from "#components/keys/scope-strip.tsx";
import { Tag } from "#components/ui/tag.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";
import type { StepUp } from "#lib/oauth/consent/step-up.ts";
import { type Access, scopeAllows, scopeLabel } from "#lib/scopes.ts";

type Props = { client: Pick<ClientFacts, "isShared">; asked: string; stepUp: StepUp };

/** What an app has and what it asks for beside: a difference in plain words, of which less can be allowed. */
export function StepUpScope({ client, asked, stepUp: { heldScope, narrower } }: Props) {
  const adds = (access: Access) => scopeAllows(asked, access) && !scopeAllows(heldScope, access);
  return (
    <fieldset className="picker stack">
      <legend className="legend">It may</legend>
      <div className="asks diff">
        <ScopeLine label="Now" scope={heldScope} heldScope={heldScope} />
        <ScopeLine label="Asked for" scope={asked} heldScope={heldScope} />
        <p>Adds:</p>
        <ul className="may">
          {adds("read") && <MayItem access="read" />}
          {adds("write") && <MayItem access="write" />}
          {adds("full") && <MayEdit />}
        </ul>
      </div>
      <div className="choices">
        <ScopeChoice scope={asked} heldScope={heldScope} isAsked>
          As asked by the app. You can narrow it.
        </ScopeChoice>
        {narrower.map((scope) => (
          <ScopeChoice key={scope} scope={scope} heldScope={heldScope}>
            {scope === heldScope
              ? `As now. It cannot: ${missing(adds)}.`
              : "Without editing a memory and deleting all, on REST."}
          </ScopeChoice>
        ))}
      </div>
      <ul className="may">
        <MayNever />
      </ul>
      <p className="small">
        {client.isShared &&
          "Nobody can tell whether it is the app that you allowed before, or one that calls itself the same. "}
        If you deny, {client.isShared ? "that one" : "it"} keeps {scopeLabel(heldScope)}.
      </p>
    </fieldset>
  );
}

function ScopeLine({ label, scope, heldScope }: { label: string; scope: string; heldScope: string }) {
  return (
    <div className="row between wrap">
      <span className="small muted">{label}</span>
      <span className="scope">
        <ScopeStrip scope={scope} heldScope={heldScope} />
        <Tag>{scope}</Tag>
      </span>
    </div>
  );
}

/** Names of the tools that stay out of reach; where there are none, what full access has on REST alone. */
function missing(adds: (access: Access) => boolean): string {
  const tools = (["read", "write"] as const).filter(adds).map(toolNames);
  return tools.length > 0 ? tools.join(", ") : "edit a memory and delete all, on REST";
}
