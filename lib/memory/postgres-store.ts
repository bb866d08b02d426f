import { createEntity, findEntity } from "./entities.ts";
import { addMessage, endEpisode, observe, startEpisode } from "./episodes.ts";
import { editMemory, remember } from "./facts.ts";
import { deleteAll, deleteMemory, forgetEntity, getMemory } from "./forget.ts";
import { inspect, stats } from "./inspect.ts";
import type { MemoryStore } from "./memory-store.ts";
import { recall } from "./recall.ts";
import { recallGrouped } from "./recall-grouped.ts";

/** The store in this server's own PostgreSQL. All writes of one method happen in one transaction: `owner.tx`, or one of their own. */
export const postgresStore: MemoryStore = {
  recall,
  recallGrouped,
  remember,
  observe,
  createEntity,
  findEntity,
  forgetEntity,
  getMemory,
  editMemory,
  deleteMemory,
  deleteAll,
  stats,
  inspect,
  startEpisode,
  addMessage,
  endEpisode,
};
