import { isLegacyAudience, type ResourceOrigins } from "../resources.ts";

/** What a person is asked for in addition to what they allowed before. */
export type StepUp = {
  /** What the client has of this person already. */
  heldScope: string;
  /** What can be allowed in place of what is asked, widest first: all of it is less, and none of it takes anything away. */
  narrower: readonly string[];
};

/** The choices of a person whom a client with `heldScope` asks for `asked`, which is more. Pure. */
export function stepUpOf(heldScope: string, asked: string, { audience }: Pick<ResourceOrigins, "audience">): StepUp {
  const halves = asked === "mcp" ? ["mcp:read mcp:write"] : [];
  const narrower = [...new Set([...halves, heldScope])].filter(
    // Gateways of the older kind know no scope of two names.
    (scope) => !(scope.includes(" ") && isLegacyAudience(audience)),
  );
  return { heldScope, narrower };
}
