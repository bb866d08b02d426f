import { BadgeCheck, ServerCog, TriangleAlert } from "lucide-react";
import { Tag } from "#components/ui/tag.tsx";
import type { ClientFacts } from "#lib/oauth/client-facts.ts";

/** How far an app's name can be believed: in color, shape and words. */
export function TrustTag({ trust, host }: Pick<ClientFacts, "trust" | "host">) {
  if (trust === "verified") {
    return (
      <Tag tone="ok">
        <BadgeCheck className="icon" aria-hidden="true" />
        verified {host}
      </Tag>
    );
  }
  if (trust === "server") {
    return (
      <Tag tone="text">
        <ServerCog className="icon" aria-hidden="true" />
        added by the operator
      </Tag>
    );
  }
  return (
    <Tag tone="warn">
      <TriangleAlert className="icon" aria-hidden="true" />
      unverified
    </Tag>
  );
}
