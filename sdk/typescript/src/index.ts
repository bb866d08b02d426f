// biome-ignore-all lint/performance/noBarrelFile: this is the entry of the package, and its files are few.
export type {
  AccessTokenFacts,
  Account,
  AddedMessage,
  ApiKeyFacts,
  ContentType,
  DeletedMemories,
  DeletedMemory,
  EditedMemory,
  EndedEpisode,
  Entity,
  EntityKind,
  Forgotten,
  Health,
  Inspected,
  InspectedEvent,
  InspectedFact,
  Limits,
  Me,
  MemoryType,
  Observed,
  Outcome,
  Recalled,
  RecalledGroup,
  RecalledGroups,
  RecalledMemory,
  Remembered,
  Scope,
  Stats,
} from "./answers.ts";
export { Episode, type Observation } from "./episode.ts";
export {
  ApiError,
  AuthenticationError,
  ConnectionError,
  NotFoundError,
  PensyveError,
  PermissionError,
  RateLimitError,
  TimeoutError,
} from "./errors.ts";
export type { DeleteAllMemoriesInput, RememberInput } from "./operations.ts";
export {
  type EntityOptions,
  type InspectOptions,
  type MemoryChanges,
  type NamespaceOption,
  Pensyve,
  type RecallGroupedOptions,
  type RecallOptions,
} from "./pensyve.ts";
export type { CallOptions } from "./send.ts";
export type { PensyveOptions } from "./settings.ts";
