import type { Operation } from "./operation.ts";
import { account } from "./operations/account.ts";
import { createEntity, forget, getEntity } from "./operations/entities.ts";
import { episodeEnd, episodeMessage, episodeStart } from "./operations/episodes.ts";
import { inspect, recall, recallGrouped } from "./operations/find.ts";
import { health } from "./operations/health.ts";
import { meOperation } from "./operations/me.ts";
import { deleteAllMemories, deleteMemory, editMemory } from "./operations/memories.ts";
import { status } from "./operations/status.ts";
import { observe, remember } from "./operations/store.ts";

/**
 * Everything that the gateway can do, and what each needs. The REST router, the MCP tools, the OpenAPI document, `GET /v1/me`
 * and the tests of the scope matrix derive from this list; what is not in it does not exist for anyone.
 * Where two share a route, the first that the credential's scope allows answers.
 */
export const OPERATIONS: readonly Operation[] = [
  recall,
  recallGrouped,
  inspect,
  status,
  account,
  remember,
  observe,
  episodeStart,
  episodeMessage,
  episodeEnd,
  createEntity,
  getEntity,
  forget,
  editMemory,
  deleteMemory,
  deleteAllMemories,
  meOperation(() => OPERATIONS),
  health,
];
