export type MemoryType = "episodic" | "semantic" | "procedural" | "observation";
export type EntityKind = "agent" | "user" | "team" | "tool";
export type ContentType = "text" | "code" | "image" | "tool_output" | "structured";
export type Outcome = "success" | "failure" | "partial";
export type Scope = "mcp" | "mcp:read" | "mcp:write";

/** A memory that a search found. Instants are in the form of RFC 3339. */
export type RecalledMemory = {
  id: string;
  content: string;
  memoryType: MemoryType;
  /** How sure, from 0 to 1. */
  confidence: number;
  stability: number;
  /** For comparing within one answer; it has no fixed range. */
  score: number;
  /** Why it was found. */
  reason: "matches" | "like" | "recent";
  namespace: string;
  /** When it happened, of episodic memories that know. */
  eventTime?: string;
};

export type Recalled = { memories: RecalledMemory[] };

/** What was found of one episode; facts belong to none, and each is a group of its own. */
export type RecalledGroup = {
  sessionId: string | null;
  sessionTime: string;
  groupScore: number;
  memories: RecalledMemory[];
};

export type RecalledGroups = { groups: RecalledGroup[] };

type InspectedCommon = {
  id: string;
  content: string;
  confidence: number;
  stability: number;
  retrievability: number;
  namespace: string;
  namespaceId: string;
};

/** A fact: `content` is its predicate and its object. */
export type InspectedFact = InspectedCommon & {
  memoryType: "semantic";
  /** The id of the entity that it is about. */
  subject: string;
  predicate: string;
  object: string;
  validAt: string;
};

/** Something said or done in an episode. Entities are named by their ids. */
export type InspectedEvent = InspectedCommon & {
  memoryType: "episodic";
  episodeId: string;
  sourceEntity: string;
  aboutEntity: string;
  timestamp: string;
  eventTime: string | null;
  accessCount: number;
  lastAccessed: string | null;
};

/** What is known, newest first: all of it, and by type. */
export type Inspected = {
  entity: string;
  memories: (InspectedFact | InspectedEvent)[];
  semantic: InspectedFact[];
  episodic: InspectedEvent[];
};

export type Stats = {
  /** The name of all that this user has. */
  namespace: string;
  entities: number;
  episodic: number;
  semantic: number;
  procedural: number;
  observation: number;
  total: number;
};

export type ApiKeyFacts = {
  kind: "api_key";
  keyId: string;
  /** The first characters, as the dashboard shows them. */
  prefix: string;
  name: string;
  scope: Scope;
  expiresAt: string | null;
  /** After a rotation: when the old key stops working. */
  graceEndsAt: string | null;
};

export type AccessTokenFacts = { kind: "access_token"; clientId: string; grantId: string; scope: string };

export type Limits = { requestsPerMinute: number; requestsPerMinuteOfUser: number };

export type Account = {
  credential: ApiKeyFacts | AccessTokenFacts;
  scope: string;
  limits: Limits;
  /** Of the month that the period is; `byOperation` counts by the server's names, such as recall_grouped. */
  usage: {
    periodStart: string;
    periodEnd: string;
    requests: number;
    refused: number;
    requestsEver: number;
    byOperation: Record<string, number>;
  };
  memoriesStored: number;
  namespace: string;
  dashboardUrl: string;
};

export type Remembered = {
  id: string;
  content: string;
  memoryType: "semantic";
  confidence: number;
  stability: number;
};

export type Observed = { id: string; episodeId: string; contentType: ContentType; timestamp: string };

export type StartedEpisode = { episodeId: string; participants: string[]; startedAt: string };

export type AddedMessage = { id: string; episodeId: string; role: string; timestamp: string };

export type EndedEpisode = { episodeId: string; memoriesCreated: number; outcome: Outcome; endedAt: string };

export type Entity = { id: string; name: string; kind: EntityKind };

export type Forgotten = { forgottenCount: number };

export type EditedMemory = { id: string; content: string; confidence: number };

export type DeletedMemory = { deleted: true; id: string };

export type DeletedMemories = {
  /** How many there were. */
  deleted: number;
};

/** What the key is, and the server's names of what it may do. */
export type Me = (ApiKeyFacts | AccessTokenFacts) & { operations: string[]; limits: Limits };

export type Health = { status: "ok"; version: string };

/** What each operation answers. The server may add fields; those that only repeat others for older clients are not named. */
export type Answers = {
  recall: Recalled;
  recall_grouped: RecalledGroups;
  inspect: Inspected;
  status: Stats;
  account: Account;
  remember: Remembered;
  observe: Observed;
  episode_start: StartedEpisode;
  episode_message: AddedMessage;
  episode_end: EndedEpisode;
  create_entity: Entity;
  forget: Forgotten;
  edit_memory: EditedMemory;
  delete_memory: DeletedMemory;
  delete_all_memories: DeletedMemories;
  me: Me;
  health: Health;
};
