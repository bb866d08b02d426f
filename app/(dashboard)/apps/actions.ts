"use server";

import { withdrawAllSchema, withdrawGrantSchema, withdrawProductSchema } from "#lib/grants/schemas.ts";
import { withdrawAll } from "#lib/grants/withdraw-all.ts";
import { withdrawGrant } from "#lib/grants/withdraw-grant.ts";
import { withdrawProduct } from "#lib/grants/withdraw-product.ts";
import { userAction } from "#lib/session/user-action.ts";

export const withdrawGrantAction = userAction(withdrawGrantSchema, withdrawGrant);
export const withdrawProductAction = userAction(withdrawProductSchema, withdrawProduct);
export const withdrawAllAction = userAction(withdrawAllSchema, withdrawAll);
