import type {
  Account,
  DeletedMemories,
  DeletedMemory,
  EditedMemory,
  Entity,
  EntityKind,
  Forgotten,
  Health,
  Inspected,
  Me,
  MemoryType,
  Recalled,
  RecalledGroups,
  Remembered,
  Stats,
} from "./answers.ts";
import { Episode } from "./episode.ts";
import type {
  DeleteAllMemoriesInput,
  EditMemoryInput,
  InspectInput,
  RecallGroupedInput,
  RecallInput,
  RememberInput,
} from "./operations.ts";
import { type CallOptions, makeSend, type Send } from "./send.ts";
import { type PensyveOptions, readSettings } from "./settings.ts";

type Types = { types?: readonly MemoryType[] | null | undefined };

export type RecallOptions = Omit<RecallInput, "query" | "types"> & Types;
export type RecallGroupedOptions = Omit<RecallGroupedInput, "query" | "types"> & Types;
export type InspectOptions = Omit<InspectInput, "entity" | "memoryType"> & {
  memoryType?: MemoryType | null | undefined;
};
export type EntityOptions = { kind?: EntityKind | undefined; namespace?: string | null | undefined };
export type NamespaceOption = { namespace?: string | null | undefined };
export type MemoryChanges = Omit<EditMemoryInput, "memoryId">;

/**
 * The client of one server with one key. Where `namespace` may be given, `null` stands for none, whatever the client's own
 * is: a search then covers all of them, and what is saved goes to `default`.
 *
 * Every method may throw ApiError or one of its kinds, ConnectionError or TimeoutError.
 */
export class Pensyve {
  readonly #send: Send;

  /** @throws PensyveError when there is no key or no address, neither here nor in PENSYVE_API_KEY and PENSYVE_API_URL */
  constructor(options: PensyveOptions = {}) {
    this.#send = makeSend(readSettings(options));
  }

  /** Searches memories by words and likeness, best first. An empty query lists the newest. Needs mcp:read. */
  recall(query: string, options: RecallOptions = {}, call?: CallOptions): Promise<Recalled> {
    return this.#send("recall", { ...options, query }, call);
  }

  /** The same search, its finds gathered by episode. Needs mcp:read. */
  recallGrouped(query: string, options: RecallGroupedOptions = {}, call?: CallOptions): Promise<RecalledGroups> {
    return this.#send("recall_grouped", { ...options, query }, call);
  }

  /** Lists what is known about one entity, newest first; an empty name lists everything. Needs mcp:read. */
  inspect(entity: string, options: InspectOptions = {}, call?: CallOptions): Promise<Inspected> {
    return this.#send("inspect", { ...options, entity }, call);
  }

  /** Counts the memories: the operation status. Needs mcp:read. */
  stats(options: NamespaceOption = {}, call?: CallOptions): Promise<Stats> {
    return this.#send("status", options, call);
  }

  /** Shows scope, usage and limits: the operation account. Needs mcp:read. */
  usage(call?: CallOptions): Promise<Account> {
    return this.#send("account", {}, call);
  }

  /** Saves a fact about an entity, as a short sentence without its subject: "prefers dark mode". Needs mcp:write. */
  remember(fact: RememberInput, call?: CallOptions): Promise<Remembered> {
    return this.#send("remember", fact, call);
  }

  /** Creates an entity, an agent unless told otherwise, or gets the one of that name as it is. Needs mcp:write to create. */
  entity(name: string, options: EntityOptions = {}, call?: CallOptions): Promise<Entity> {
    return this.#send("create_entity", { ...options, name }, call);
  }

  /** Deletes all memories about one entity, in every namespace when none is given. It cannot be undone. Needs mcp:write. */
  forget(entity: string, options: NamespaceOption = {}, call?: CallOptions): Promise<Forgotten> {
    return this.#send("forget", { ...options, entity }, call);
  }

  /** Changes a fact's text or how sure it is. Needs mcp. */
  editMemory(memoryId: string, changes: MemoryChanges, call?: CallOptions): Promise<EditedMemory> {
    return this.#send("edit_memory", { ...changes, memoryId }, call);
  }

  /** Deletes one memory. Needs mcp:write. */
  deleteMemory(memoryId: string, call?: CallOptions): Promise<DeletedMemory> {
    return this.#send("delete_memory", { memoryId }, call);
  }

  /** Deletes all memories, in all namespaces, whatever the client's own is. It cannot be undone. Needs mcp. */
  deleteAllMemories(confirmation: DeleteAllMemoriesInput, call?: CallOptions): Promise<DeletedMemories> {
    return this.#send("delete_all_memories", confirmation, call);
  }

  /** Begins an episode. With `await using` it ends where its block ends. Needs mcp:write. */
  async startEpisode(
    participants: readonly string[],
    options: NamespaceOption = {},
    call?: CallOptions,
  ): Promise<Episode> {
    const { episodeId } = await this.#send("episode_start", { ...options, participants }, call);
    return new Episode(episodeId, this.#send);
  }

  /** An episode that was begun elsewhere, such as in an earlier request. Asks nothing of the server. */
  episode(id: string): Episode {
    return new Episode(id, this.#send);
  }

  /** Tells what the key is and may do. Any key will do. */
  me(call?: CallOptions): Promise<Me> {
    return this.#send("me", {}, call);
  }

  /** Checks that the server answers. The key is not sent. */
  health(call?: CallOptions): Promise<Health> {
    return this.#send("health", {}, call);
  }
}
