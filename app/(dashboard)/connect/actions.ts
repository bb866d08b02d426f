"use server";

import { findEarlierRequest, findFirstRequest } from "#lib/connect/find-first-request.ts";
import { firstRequestSchema } from "#lib/connect/schemas.ts";
import { userAction } from "#lib/session/user-action.ts";

export const findFirstRequestAction = userAction(firstRequestSchema, findFirstRequest);
export const findEarlierRequestAction = userAction(firstRequestSchema, findEarlierRequest);
