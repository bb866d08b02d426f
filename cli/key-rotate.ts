import { commandLineActor } from "#lib/audit/actor.ts";
import { findKeyOwner } from "#lib/keys/find-key-owner.ts";
import { rotateKey } from "#lib/keys/rotate-key.ts";
import { GRACE_DEFAULT_SECONDS, gracePeriodSchema } from "#lib/keys/schemas.ts";
import { checked } from "./checked.ts";
import { durationSeconds } from "./duration.ts";
import { newKeyFields, newKeyText } from "./new-key.ts";
import { defineVerb, required } from "./verb.ts";
import { withDatabase } from "./with-database.ts";

const usage = "key rotate ID [--grace 24h]";

export const keyRotate = defineVerb({
  usage,
  summary: "Replaces a key by a new one, printed once. The old one works for the grace period, 0 to 7d.",
  options: { grace: { type: "string" } },
  takesId: true,
  run: async ({ values, id }) => {
    const keyId = required(id, "The id of the key", usage);
    const grace = values.grace === undefined ? GRACE_DEFAULT_SECONDS : durationSeconds(values.grace, "--grace");
    const gracePeriodSeconds = checked(gracePeriodSchema, grace, { "": "--grace" });
    const rotated = await withDatabase(async () => {
      const { userId } = await findKeyOwner(keyId);
      return await rotateKey(commandLineActor(userId), { keyId, gracePeriodSeconds });
    });
    const { predecessor } = rotated;
    const worksUntil = predecessor.worksUntil;
    return {
      json: { ...newKeyFields(rotated), predecessor: { id: predecessor.id, worksUntil } },
      text: `${newKeyText(rotated)}\nThe old key (${predecessor.id}) works until ${worksUntil?.toISOString()}.`,
    };
  },
});
