import type { Tx } from "#lib/db.ts";
import type { ContentType, EntityKind, MemoryType, Outcome } from "./vocabulary.ts";

/**
 * What holds users' memories. Every method takes the owner first and touches nothing of anybody else: an id of
 * another user is answered exactly like an id that does not exist.
 *
 * Namespaces: a write without one goes to `default`; a read (and a forget) without one covers all of the user's;
 * with one, only that. What belongs to an episode lives in the episode's namespace. An empty namespace counts as none.
 *
 * All methods throw DomainError `invalid_input` (`details.field` names the field) for text that is too long
 * ({@link BYTES_MAX}), contains U+0000 or half a surrogate pair, for a missing name or fact, and for numbers out of
 * range; and DomainError `not_found` where a docstring says so. `now` becomes the time of what is written.
 */
export type MemoryStore = {
  /**
   * The memories that fit `query` best, best first; see ranking.ts. An empty query and `*` list the newest.
   * `entity` is a preference of the ranking, not a filter, and an unknown one is ignored. `types` and
   * `minConfidence` are filters. At most `limit` (cut at 1,000). Counts as an access of what it returns.
   */
  recall(owner: Owner, input: RecallInput, now?: Date): Promise<RecalledMemory[]>;

  /** Recall, gathered by episode: turns of one episode in the order of time, everything else alone. */
  recallGrouped(owner: Owner, input: RecallGroupedInput, now?: Date): Promise<MemoryGroup[]>;

  /** Stores a fact about an entity, which is made (kind `agent`) when the namespace does not have it. */
  remember(owner: Owner, input: RememberInput, now?: Date): Promise<SemanticMemory>;

  /** Stores what happened in an episode. Makes both entities when missing. @throws not_found: no such episode. */
  observe(owner: Owner, input: ObserveInput, now?: Date): Promise<EpisodicMemory>;

  /** Makes an entity, or returns the existing one with the kind it was stored with. */
  createEntity(owner: Owner, input: CreateEntityInput, now?: Date): Promise<{ entity: Entity; isNew: boolean }>;

  /** The entity of that name; without a namespace `default`'s comes first, then the oldest. */
  findEntity(owner: Owner, input: EntityName): Promise<Entity | undefined>;

  /** Deletes what is known about an entity: facts about it, turns by it or about it. The entity itself stays. */
  forgetEntity(owner: Owner, input: EntityName): Promise<Forgotten>;

  /** @throws not_found */
  getMemory(owner: Owner, id: string): Promise<Memory>;

  /** Changes a fact; `content` is split again. @throws not_found, also when the memory is not semantic. */
  editMemory(owner: Owner, input: EditMemoryInput): Promise<SemanticMemory>;

  /** @throws not_found */
  deleteMemory(owner: Owner, id: string): Promise<void>;

  /** Deletes all memories of the user, in every namespace, and says how many. Entities and episodes stay. */
  deleteAll(owner: Owner): Promise<number>;

  /** Counts. */
  stats(owner: Owner, input?: { namespace?: string | undefined }): Promise<MemoryStats>;

  /**
   * What is known about an entity: turns newest first, then facts newest first, `limit` over both (cut at 1,000).
   * `entity: ""` browses everything; then each type has the limit for itself. An unknown entity has no id and no memories.
   */
  inspect(owner: Owner, input: InspectInput): Promise<Inspection>;

  /** Begins an episode and makes its participants' entities when missing. */
  startEpisode(owner: Owner, input: StartEpisodeInput, now?: Date): Promise<Episode>;

  /** Stores a message; `role` names the entity that says it and that it is about. @throws not_found: no such episode. */
  addMessage(owner: Owner, input: AddMessageInput, now?: Date): Promise<EpisodicMemory>;

  /** Ends an episode; a repeat moves the end. Messages may still follow. @throws not_found: no such episode. */
  endEpisode(owner: Owner, input: EndEpisodeInput, now?: Date): Promise<EndedEpisode>;
};

/** Longest texts, in bytes of UTF-8. */
export const BYTES_MAX = { name: 256, content: 32_768, query: 4_096 } as const;
/** Most rows of one answer, and most participants of one episode. */
export const LIMIT_MAX = 1_000;

/** Whose memories, and which credential (key id or grant id) is at work. With `tx`, writes are part of that transaction. */
export type Owner = { userId: string; writtenBy: string; tx?: Tx | undefined };

export type RecallInput = {
  query: string;
  entity?: string | undefined;
  /** Whole number from 0. */
  limit: number;
  types?: readonly MemoryType[] | undefined;
  /** 0 to 1. */
  minConfidence?: number | undefined;
  namespace?: string | undefined;
};
export type RecallGroupedInput = RecallInput & {
  /** Order of the groups: oldest first, or best first. */
  order: "chronological" | "relevance";
  /** Applied after sorting. */
  maxGroups?: number | undefined;
};
export type RememberInput = { entity: string; fact: string; confidence: number; namespace?: string | undefined };
export type ObserveInput = {
  episodeId: string;
  content: string;
  sourceEntity: string;
  aboutEntity: string;
  contentType: ContentType;
};
export type EntityName = { name: string; namespace?: string | undefined };
export type CreateEntityInput = EntityName & { kind: EntityKind };
export type EditMemoryInput = { id: string; content?: string | undefined; confidence?: number | undefined };
export type InspectInput = {
  entity: string;
  limit: number;
  types?: readonly MemoryType[] | undefined;
  namespace?: string | undefined;
};
export type StartEpisodeInput = { participants: readonly string[]; namespace?: string | undefined };
export type AddMessageInput = { episodeId: string; role: string; content: string };
export type EndEpisodeInput = { episodeId: string; outcome: Outcome };

export type Entity = { id: string; namespace: string; name: string; kind: EntityKind; createdAt: Date };
export type Episode = { id: string; namespace: string; participants: string[]; startedAt: Date };
export type EndedEpisode = {
  id: string;
  outcome: Outcome;
  endedAt: Date;
  /** Memories of this episode, whichever call made them. */
  memoriesCreated: number;
};
/** `entityId` is undefined when there is no such entity. */
export type Forgotten = { forgottenCount: number; entityId: string | undefined };
export type MemoryStats = {
  entities: number;
  episodic: number;
  semantic: number;
  procedural: number;
  observation: number;
};
export type Inspection = { entityId: string | undefined; memories: Memory[] };

type Stored = {
  id: string;
  namespace: string;
  /** The text as it is shown and searched. Of a fact: predicate, a space, object. */
  content: string;
  contentType: ContentType;
  /** 0 to 1. */
  confidence: number;
  stability: number;
  retrievability: number;
  createdAt: Date;
  accessCount: number;
  lastAccessedAt: Date | undefined;
};
/** A fact about an entity. */
export type SemanticMemory = Stored & {
  type: "semantic";
  /** Whom the fact is about. */
  subjectId: string;
  predicate: string;
  object: string;
};
/** Something that was said or happened in an episode. */
export type EpisodicMemory = Stored & {
  type: "episodic";
  episodeId: string;
  sourceEntityId: string;
  aboutEntityId: string;
  /** When it happened, if that is known to differ from when it was written. */
  eventTime: Date | undefined;
};
/** Only what this server writes. Procedural memories and observations are made by an engine's consolidation. */
export type Memory = SemanticMemory | EpisodicMemory;

/** Why a memory was found: words of the query (by stem), words that look like them, or only because it is new. */
export type RecallReason = "matches" | "like" | "recent";
export type RecalledMemory = { memory: Memory; score: number; reason: RecallReason };
export type MemoryGroup = {
  /** The episode; undefined for a memory that stands alone. */
  sessionId: string | undefined;
  /** Time of its earliest memory here. */
  sessionTime: Date;
  /** Score of its best memory. */
  score: number;
  memories: RecalledMemory[];
};
