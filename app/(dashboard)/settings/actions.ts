"use server";

import { z } from "zod";
import { signInBrowser } from "#lib/session/sign-in-session.ts";
import { userAction } from "#lib/session/user-action.ts";
import { endOtherSessions, endSession } from "#lib/sessions/end-session.ts";
import { endSessionSchema } from "#lib/sessions/schemas.ts";
import { changeName } from "#lib/users/change-name.ts";
import { changePassword } from "#lib/users/change-password.ts";
import { changeNameSchema, changePasswordSchema } from "#lib/users/schemas.ts";

export const changeNameAction = userAction(changeNameSchema, changeName);

export const endSessionAction = userAction(endSessionSchema, endSession);

export const endOtherSessionsAction = userAction(z.object({}), endOtherSessions);

export const changePasswordAction = userAction(changePasswordSchema, async (actor, input) => {
  await signInBrowser(await changePassword(actor, input));
  return null;
});
