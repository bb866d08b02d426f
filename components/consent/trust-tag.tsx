import { BadgeCheck, ShieldQuestionMark } from "lucide-react";
import { Tag } from "#components/ui/tag.tsx";
import type { ClientFacts } from "#lib/oauth/consent/client-facts.ts";

/** How far an app's name can be believed: in color, shape and words. `verified` never stands without the domain. */
export function TrustTag({ trust, host }: Pick<ClientFacts, "trust" | "host">) {
  if (trust === "unverified") {
    return (
      <Tag tone="warn">
        <ShieldQuestionMark className="icon" aria-hidden="true" />
        unverified
      </Tag>
    );
  }
  return (
    <Tag tone={trust === "verified" ? "ok" : "text"}>
      <BadgeCheck className="icon" aria-hidden="true" />
      {trust === "verified" ? `verified ${host}` : "added by this server"}
    </Tag>
  );
}
