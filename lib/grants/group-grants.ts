import { SCOPES, type Scope } from "#lib/scopes.ts";
import type { GrantView } from "./list-grants.ts";
import { productOf } from "./product.ts";

/** All installations of one product. Facts of the product are those of the installation that was connected first. */
export type ProductView = {
  clientName: string;
  clientHost: string | null;
  trust: string;
  /** Everything that any installation may do. */
  scope: string;
  connectedAt: Date;
  firstUsedAt: Date | null;
  lastUsedAt: Date | null;
  /** Oldest first; at least one. */
  installations: readonly [GrantView, ...GrantView[]];
};

/** Puts the installations of one product together; the product connected last comes first. Pure. */
export function groupGrants(grants: readonly GrantView[]): ProductView[] {
  const groups = new Map<string, [GrantView, ...GrantView[]]>();
  const oldestFirst = grants.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  for (const grant of oldestFirst) {
    const key = JSON.stringify(productOf(grant));
    const group = groups.get(key);
    if (group) group.push(grant);
    else groups.set(key, [grant]);
  }
  return [...groups.values()].map(viewOf).sort((a, b) => newest(b) - newest(a));
}

function viewOf(installations: [GrantView, ...GrantView[]]): ProductView {
  const [first] = installations;
  const firstUses = installations.flatMap(({ firstUsedAt }) => (firstUsedAt ? [firstUsedAt.getTime()] : []));
  const lastUses = installations.flatMap(({ lastUsedAt }) => (lastUsedAt ? [lastUsedAt.getTime()] : []));
  return {
    clientName: first.clientName,
    clientHost: first.clientHost,
    trust: first.trust,
    scope: widest(installations.map(({ scope }) => scope)),
    connectedAt: first.createdAt,
    firstUsedAt: firstUses.length > 0 ? new Date(Math.min(...firstUses)) : null,
    lastUsedAt: lastUses.length > 0 ? new Date(Math.max(...lastUses)) : null,
    installations,
  };
}

function widest(scopes: readonly string[]): string {
  const all = new Set<string>(scopes.flatMap((scope) => scope.split(" ")));
  return all.has("mcp") ? "mcp" : SCOPES.filter((scope: Scope) => all.has(scope)).join(" ");
}

function newest({ installations }: ProductView): number {
  return Math.max(...installations.map(({ createdAt }) => createdAt.getTime()));
}
