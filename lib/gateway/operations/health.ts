import { z } from "zod";
import type { PublicOperation } from "#lib/gateway/operation.ts";
import about from "../../../package.json" with { type: "json" };

export const VERSION: string = about.version;

const ANSWER = { status: 200, json: JSON.stringify({ status: "ok", version: VERSION }) };

/** Says that the process answers. Whether it can serve, database included, is what /ready tells. */
export const health: PublicOperation = {
  name: "health",
  summary: "Check that the server answers",
  access: "public",
  routes: [{ method: "GET", path: "/v1/health" }],
  status: 200,
  input: z.object({}),
  output: z.object({ status: z.literal("ok"), version: z.string() }),
  tool: undefined,
  answer: () => ANSWER,
};
