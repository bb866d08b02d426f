import type {
  AccessTokenFacts,
  Answers,
  ApiKeyFacts,
  InspectedEvent,
  InspectedFact,
  Limits,
  RecalledMemory,
} from "../src/answers.ts";
import type { OperationId } from "../src/operations.ts";
import {
  type Check,
  count,
  either,
  instant,
  listOf,
  mapOf,
  nullable,
  number,
  oneOf,
  optional,
  shape,
  string,
} from "./shape.ts";

const memoryType = oneOf("episodic", "semantic", "procedural", "observation");
const scope = oneOf("mcp", "mcp:read", "mcp:write");

const recalledMemory = shape<RecalledMemory>({
  id: string,
  content: string,
  memoryType,
  confidence: number,
  stability: number,
  score: number,
  reason: oneOf("matches", "like", "recent"),
  namespace: string,
  // Present or absent, never undefined on the wire.
  eventTime: optional(instant) as Check<string>,
});

const inspectedCommon = {
  id: string,
  content: string,
  confidence: number,
  stability: number,
  retrievability: number,
  namespace: string,
  namespaceId: string,
};
const inspectedFact = shape<InspectedFact>({
  ...inspectedCommon,
  memoryType: oneOf("semantic"),
  subject: string,
  predicate: string,
  object: string,
  validAt: instant,
});
const inspectedEvent = shape<InspectedEvent>({
  ...inspectedCommon,
  memoryType: oneOf("episodic"),
  episodeId: string,
  sourceEntity: string,
  aboutEntity: string,
  timestamp: instant,
  eventTime: nullable(instant),
  accessCount: count,
  lastAccessed: nullable(instant),
});

const apiKeyFacts = {
  kind: oneOf("api_key"),
  keyId: string,
  prefix: string,
  name: string,
  scope,
  expiresAt: nullable(instant),
  graceEndsAt: nullable(instant),
};
const limits = shape<Limits>({ requestsPerMinute: count, requestsPerMinuteOfUser: count });
const accessTokenFacts = { kind: oneOf("access_token"), clientId: string, grantId: string, scope: string };
const may = { operations: listOf(string), limits };

/** What each operation must answer, as the types tell it. */
export const ANSWER_SHAPES: { [Id in OperationId]: Check<Answers[Id]> } = {
  recall: shape({ memories: listOf(recalledMemory) }),
  recall_grouped: shape({
    groups: listOf(
      shape({
        sessionId: nullable(string),
        sessionTime: instant,
        groupScore: number,
        memories: listOf(recalledMemory),
      }),
    ),
  }),
  inspect: shape({
    entity: string,
    memories: listOf(either(inspectedFact, inspectedEvent)),
    semantic: listOf(inspectedFact),
    episodic: listOf(inspectedEvent),
  }),
  status: shape({
    namespace: string,
    entities: count,
    episodic: count,
    semantic: count,
    procedural: count,
    observation: count,
    total: count,
  }),
  account: shape({
    credential: either(shape<ApiKeyFacts>(apiKeyFacts), shape<AccessTokenFacts>(accessTokenFacts)),
    scope: string,
    limits,
    usage: shape({
      periodStart: instant,
      periodEnd: instant,
      requests: count,
      refused: count,
      requestsEver: count,
      byOperation: mapOf(count),
    }),
    memoriesStored: count,
    namespace: string,
    dashboardUrl: string,
  }),
  remember: shape({
    id: string,
    content: string,
    memoryType: oneOf("semantic"),
    confidence: number,
    stability: number,
  }),
  observe: shape({
    id: string,
    episodeId: string,
    contentType: oneOf("text", "code", "image", "tool_output", "structured"),
    timestamp: instant,
  }),
  episode_start: shape({ episodeId: string, participants: listOf(string), startedAt: instant }),
  episode_message: shape({ id: string, episodeId: string, role: string, timestamp: instant }),
  episode_end: shape({
    episodeId: string,
    memoriesCreated: count,
    outcome: oneOf("success", "failure", "partial"),
    endedAt: instant,
  }),
  create_entity: shape({ id: string, name: string, kind: oneOf("agent", "user", "team", "tool") }),
  forget: shape({ forgottenCount: count }),
  edit_memory: shape({ id: string, content: string, confidence: number }),
  delete_memory: shape({ deleted: oneOf(true), id: string }),
  delete_all_memories: shape({ deleted: count }),
  me: either(shape({ ...apiKeyFacts, ...may }), shape({ ...accessTokenFacts, ...may })),
  health: shape({ status: oneOf("ok"), version: string }),
};
