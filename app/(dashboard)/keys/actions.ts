"use server";

import { createKey } from "#lib/keys/create-key.ts";
import { endGrace } from "#lib/keys/end-grace.ts";
import { readKeyUse } from "#lib/keys/key-use.ts";
import { moveGrace } from "#lib/keys/move-grace.ts";
import { renameKey } from "#lib/keys/rename-key.ts";
import { revokeKey } from "#lib/keys/revoke-key.ts";
import { rotateKey } from "#lib/keys/rotate-key.ts";
import {
  createKeySchema,
  endGraceSchema,
  moveGraceSchema,
  readKeyUseSchema,
  renameKeySchema,
  revokeKeySchema,
  rotateKeySchema,
} from "#lib/keys/schemas.ts";
import { userAction } from "#lib/session/user-action.ts";

export const createKeyAction = userAction(createKeySchema, createKey);
export const rotateKeyAction = userAction(rotateKeySchema, rotateKey);
export const renameKeyAction = userAction(renameKeySchema, renameKey);
export const revokeKeyAction = userAction(revokeKeySchema, revokeKey);
export const endGraceAction = userAction(endGraceSchema, endGrace);
export const moveGraceAction = userAction(moveGraceSchema, moveGrace);
export const readKeyUseAction = userAction(readKeyUseSchema, readKeyUse);
