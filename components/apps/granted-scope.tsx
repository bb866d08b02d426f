import { ScopeStrip } from "#components/keys/scope-strip.tsx";
import { Tag } from "#components/ui/tag.tsx";

/** What a grant allows: one strip, and a tag for each of its scopes. */
export function GrantedScope({ scope }: { scope: string }) {
  return (
    <span className="scope">
      <ScopeStrip scope={scope} />
      <span className="tags">
        {scope.split(" ").map((name) => (
          <Tag key={name}>{name}</Tag>
        ))}
      </span>
    </span>
  );
}
