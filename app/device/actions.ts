"use server";

import { redirect } from "next/navigation";
import type { FormState } from "#components/sign-in/form-state.ts";
import { enterDeviceCode } from "#lib/oauth/device/device-approval.ts";
import { deviceCodeSchema } from "#lib/oauth/device/device-schemas.ts";
import { devicePath } from "#lib/session/answer-device.ts";
import { textOf } from "#lib/session/form-action.ts";
import { userAction } from "#lib/session/user-action.ts";

const enter = userAction(deviceCodeSchema, (actor, { code }) => enterDeviceCode(actor, code));

/** Takes the code that was typed and goes on to the question; a refusal is shown beside the field. */
export async function enterCodeAction(_before: FormState, form: FormData): Promise<FormState> {
  const code = textOf(form, "code");
  const result = await enter({ code });
  if (!result.ok) return { error: result.error, values: { code } };
  redirect(devicePath(result.data));
}
