import type { ApiKey } from "#lib/generated/prisma/client.ts";
import { isScope, type Scope } from "#lib/scopes.ts";
import { type KeyState, keyState, worksUntil } from "./key-state.ts";

/** A key as pages, the command line and the API see it. No hash: what cannot be passed on cannot leak. */
export type KeyView = {
  id: string;
  name: string;
  /** First 8 characters; null for imported keys. */
  prefix: string | null;
  isImported: boolean;
  scope: Scope;
  state: KeyState;
  createdAt: Date;
  expiresAt: Date | null;
  lifetimeSeconds: number | null;
  /** When it stops by itself: expiry or end of grace; null for never. */
  worksUntil: Date | null;
  rotatedAt: Date | null;
  graceEndsAt: Date | null;
  revokedAt: Date | null;
  /** 'user', 'command_line'. */
  revokedBy: string | null;
  predecessorId: string | null;
  lastUsedAt: Date | null;
  lastUsedClient: string | null;
  lastUsedAddress: string | null;
};

/** The columns a {@link KeyView} is made of; queries select these and nothing else. */
export const KEY_VIEW_SELECT = {
  id: true,
  name: true,
  prefix: true,
  isImported: true,
  scope: true,
  createdAt: true,
  expiresAt: true,
  lifetimeSeconds: true,
  rotatedAt: true,
  graceEndsAt: true,
  revokedAt: true,
  revokedBy: true,
  predecessorId: true,
  lastUsedAt: true,
  lastUsedClient: true,
  lastUsedAddress: true,
} as const;

/** Turns a row into a {@link KeyView} with its state at `now`. */
export function keyView(row: Pick<ApiKey, keyof typeof KEY_VIEW_SELECT>, now: Date): KeyView {
  if (!isScope(row.scope)) throw new Error(`The key ${row.id} has the unknown scope ${row.scope}.`);
  return { ...row, scope: row.scope, state: keyState(row, now), worksUntil: worksUntil(row) };
}
