import type { MemoryStore } from "./memory-store.ts";
import { postgresStore } from "./postgres-store.ts";

/** The memory store that this process uses. Holds no state of its own. */
export function memoryStore(): MemoryStore {
  return postgresStore;
}
