import type { Answer } from "#components/ui/answer.ts";
import type { Receipt } from "#lib/events/receipt.ts";
import type { CreatedKey } from "#lib/keys/create-key.ts";
import type { KeyUse } from "#lib/keys/key-use.ts";
import type { KeyView } from "#lib/keys/key-view.ts";
import type { RotatedKey } from "#lib/keys/rotate-key.ts";

type Act<Data> = (input: unknown) => Promise<Answer<Data>>;

/** The server actions that the dialogs call; the page hands them over. Each checks session and input itself. */
export type KeyActions = {
  create: Act<CreatedKey>;
  rotate: Act<RotatedKey>;
  rename: Act<KeyView>;
  revoke: Act<{ key: KeyView; receipt: Receipt }>;
  endGrace: Act<{ key: KeyView; receipt: Receipt }>;
  moveGrace: Act<KeyView>;
  readUse: Act<KeyUse>;
};
