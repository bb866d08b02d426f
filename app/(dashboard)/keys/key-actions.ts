import type { KeyActions } from "#components/keys/key-actions.ts";
import {
  createKeyAction,
  endGraceAction,
  moveGraceAction,
  readKeyUseAction,
  renameKeyAction,
  revokeKeyAction,
  rotateKeyAction,
} from "./actions.ts";

/** What the dialogs of both key pages call. */
export const KEY_ACTIONS: KeyActions = {
  create: createKeyAction,
  rotate: rotateKeyAction,
  rename: renameKeyAction,
  revoke: revokeKeyAction,
  endGrace: endGraceAction,
  moveGrace: moveGraceAction,
  readUse: readKeyUseAction,
};
