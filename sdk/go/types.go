package pensyve

import (
	"encoding/json"
	"time"
)

// The fields of requests have the names, types and necessity of the server's OpenAPI document; a test compares them.
// A field at its zero value is not sent where the server can do without it; where zero means something else than absent,
// the field is a pointer: see [Ptr].

// Ptr returns a pointer to value: Confidence: pensyve.Ptr(0.8).
func Ptr[T any](value T) *T { return &value }

// MemoryType says what kind of memory it is.
type MemoryType string

// The types of memories.
const (
	Episodic    MemoryType = "episodic"
	Semantic    MemoryType = "semantic"
	Procedural  MemoryType = "procedural"
	Observation MemoryType = "observation"
)

// Outcome says how an episode ended.
type Outcome string

// The outcomes of episodes.
const (
	Success Outcome = "success"
	Failure Outcome = "failure"
	Partial Outcome = "partial"
)

// Order is that of groups.
type Order string

// The orders of groups: oldest first, or best first.
const (
	Chronological Order = "chronological"
	Relevance     Order = "relevance"
)

// EntityKind says what an entity is.
type EntityKind string

// The kinds of entities.
const (
	Agent EntityKind = "agent"
	User  EntityKind = "user"
	Team  EntityKind = "team"
	Tool  EntityKind = "tool"
)

// ContentType says what the content of an observation is.
type ContentType string

// The types of content.
const (
	Text       ContentType = "text"
	Code       ContentType = "code"
	Image      ContentType = "image"
	ToolOutput ContentType = "tool_output"
	Structured ContentType = "structured"
)

// RecallRequest is the input of [Client.Recall].
type RecallRequest struct {
	// Query is what to look for. Empty, or *, lists the newest.
	Query string `json:"query"`
	// Entity is whose memories to prefer.
	Entity string `json:"entity,omitempty"`
	// Types limits the answer to memories of these.
	Types []MemoryType `json:"types,omitempty"`
	// MinConfidence limits it to memories at least this sure, from 0 to 1.
	MinConfidence float64 `json:"min_confidence,omitempty"`
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
	// Limit is how many at most; 5 when zero.
	Limit int `json:"limit,omitempty"`
}

// RecallResponse is the answer of [Client.Recall].
type RecallResponse struct {
	// Memories are the best first.
	Memories       []Memory          `json:"memories"`
	Contradictions []json.RawMessage `json:"contradictions"`
	// Cursor is where the next page begins; nil when there is none.
	Cursor *string `json:"cursor"`
}

// Memory is one that was found.
type Memory struct {
	ID         string     `json:"id"`
	Content    string     `json:"content"`
	Type       MemoryType `json:"memory_type"`
	Confidence float64    `json:"confidence"`
	Stability  float64    `json:"stability"`
	// Score ranks it among the others of the same answer.
	Score float64 `json:"score"`
	// Reason is why it was found: matches, like or recent.
	Reason    string `json:"reason"`
	Namespace string `json:"namespace"`
	// EventTime is when it happened, where that is known.
	EventTime *time.Time `json:"event_time,omitempty"`
}

// RecallGroupedRequest is the input of [Client.RecallGrouped].
type RecallGroupedRequest struct {
	// Query is what to look for. Empty, or *, lists the newest.
	Query string `json:"query"`
	// Entity is whose memories to prefer.
	Entity string `json:"entity,omitempty"`
	// Types limits the answer to memories of these.
	Types []MemoryType `json:"types,omitempty"`
	// MinConfidence limits it to memories at least this sure, from 0 to 1.
	MinConfidence float64 `json:"min_confidence,omitempty"`
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
	// Limit is how many memories at most; 50 when zero.
	Limit int `json:"limit,omitempty"`
	// Order is chronological when empty.
	Order Order `json:"order,omitempty"`
	// MaxGroups is how many groups at most; any number when zero.
	MaxGroups int `json:"max_groups,omitempty"`
}

// RecallGroupedResponse is the answer of [Client.RecallGrouped].
type RecallGroupedResponse struct {
	Groups []Group `json:"groups"`
}

// Group is what was found of one episode, or one memory that belongs to none.
type Group struct {
	// SessionID is the episode's id.
	SessionID   *string   `json:"session_id"`
	SessionTime time.Time `json:"session_time"`
	Score       float64   `json:"group_score"`
	Memories    []Memory  `json:"memories"`
}

// InspectRequest is the input of [Client.Inspect].
type InspectRequest struct {
	// Entity is whose memories; empty for everything.
	Entity string `json:"entity"`
	// Type limits the answer to memories of it.
	Type MemoryType `json:"memory_type,omitempty"`
	// Limit is how many at most; 50 when zero.
	Limit int `json:"limit,omitempty"`
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
}

// InspectResponse is the answer of [Client.Inspect]: all memories, newest first, and the same by type.
type InspectResponse struct {
	Entity     string            `json:"entity"`
	Memories   []InspectedMemory `json:"memories"`
	Episodic   []InspectedMemory `json:"episodic"`
	Semantic   []InspectedMemory `json:"semantic"`
	Procedural []InspectedMemory `json:"procedural"`
	// Cursor is where the next page begins; nil when there is none.
	Cursor *string `json:"cursor"`
}

// InspectedMemory is all that is stored about a memory.
type InspectedMemory struct {
	ID             string     `json:"id"`
	Type           MemoryType `json:"memory_type"`
	Content        string     `json:"content"`
	ContentType    string     `json:"content_type"`
	Confidence     float64    `json:"confidence"`
	Stability      float64    `json:"stability"`
	Retrievability float64    `json:"retrievability"`
	Namespace      string     `json:"namespace"`
	NamespaceID    string     `json:"namespace_id"`

	// Of semantic memories.

	// Subject is the id of the entity that the fact is about.
	Subject        string     `json:"subject,omitempty"`
	Predicate      string     `json:"predicate,omitempty"`
	Object         string     `json:"object,omitempty"`
	ObjectEntity   *string    `json:"object_entity,omitempty"`
	ValidAt        *time.Time `json:"valid_at,omitempty"`
	InvalidAt      *time.Time `json:"invalid_at,omitempty"`
	SourceEpisodes []string   `json:"source_episodes,omitempty"`

	// Of episodic memories.

	EpisodeID string `json:"episode_id,omitempty"`
	// SourceEntity and AboutEntity are ids.
	SourceEntity    string     `json:"source_entity,omitempty"`
	AboutEntity     string     `json:"about_entity,omitempty"`
	Summary         *string    `json:"summary,omitempty"`
	ContextIntent   *string    `json:"context_intent,omitempty"`
	Timestamp       *time.Time `json:"timestamp,omitempty"`
	EventTime       *time.Time `json:"event_time,omitempty"`
	AccessCount     int        `json:"access_count,omitempty"`
	LastAccessed    *time.Time `json:"last_accessed,omitempty"`
	Salience        float64    `json:"salience,omitempty"`
	StorageStrength float64    `json:"storage_strength,omitempty"`
	SupersededBy    *string    `json:"superseded_by,omitempty"`
}

// StatsRequest is the input of [Client.Stats].
type StatsRequest struct {
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
}

// Stats is the answer of [Client.Stats].
type Stats struct {
	// Namespace names the owner of all that is counted.
	Namespace   string `json:"namespace"`
	Entities    int    `json:"entities"`
	Episodic    int    `json:"episodic_memories"`
	Semantic    int    `json:"semantic_memories"`
	Procedural  int    `json:"procedural_memories"`
	Observation int    `json:"observation_memories"`
	Total       int    `json:"total"`
}

// Credential is what a server tells about the key or token in use, and never the key itself.
type Credential struct {
	// Kind is api_key or access_token.
	Kind  string `json:"kind"`
	Scope string `json:"scope"`

	// Of API keys.

	KeyID string `json:"key_id,omitempty"`
	// Prefix is how the key begins, to tell keys apart.
	Prefix    string     `json:"prefix,omitempty"`
	Name      string     `json:"name,omitempty"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	// GraceEndsAt is when a key that was rotated stops working.
	GraceEndsAt *time.Time `json:"grace_ends_at,omitempty"`

	// Of access tokens.

	ClientID string `json:"client_id,omitempty"`
	GrantID  string `json:"grant_id,omitempty"`
}

// Limits are requests a minute.
type Limits struct {
	RequestsPerMinute int `json:"requests_per_minute"`
	// RequestsPerMinuteOfUser is for all keys and tokens of the owner together.
	RequestsPerMinuteOfUser int `json:"requests_per_minute_of_user"`
}

// Usage is the answer of [Client.Usage].
type Usage struct {
	Mode           string        `json:"mode"`
	Message        string        `json:"message"`
	DashboardURL   string        `json:"dashboard_url"`
	Credential     Credential    `json:"credential"`
	Scope          string        `json:"scope"`
	Limits         Limits        `json:"limits"`
	Usage          UsageOfPeriod `json:"usage"`
	MemoriesStored int           `json:"memories_stored"`
	// Namespace names the owner.
	Namespace string `json:"namespace"`
}

// UsageOfPeriod counts requests of the current calendar month, in UTC.
type UsageOfPeriod struct {
	PeriodStart  time.Time      `json:"period_start"`
	PeriodEnd    time.Time      `json:"period_end"`
	Requests     int            `json:"requests"`
	Refused      int            `json:"refused"`
	RequestsEver int            `json:"requests_ever"`
	ByOperation  map[string]int `json:"by_operation"`
}

// Me is the answer of [Client.Me].
type Me struct {
	Credential
	// Operations are the names of those the key may call.
	Operations []string `json:"operations"`
	Limits     Limits   `json:"limits"`
}

// Health is the answer of [Client.Health].
type Health struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

// RememberRequest is the input of [Client.Remember].
type RememberRequest struct {
	// Entity is whom the fact is about.
	Entity string `json:"entity"`
	// Fact is a short sentence without its subject: prefers dark mode.
	Fact string `json:"fact"`
	// Confidence is how sure it is, from 0 to 1; 1 when nil.
	Confidence *float64 `json:"confidence,omitempty"`
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
}

// Remembered is the answer of [Client.Remember].
type Remembered struct {
	ID             string     `json:"id"`
	Content        string     `json:"content"`
	Type           MemoryType `json:"memory_type"`
	Confidence     float64    `json:"confidence"`
	Stability      float64    `json:"stability"`
	ExtractionTier int        `json:"extraction_tier"`
}

// ObserveRequest is the input of [Client.Observe] and [Episode.Observe].
type ObserveRequest struct {
	EpisodeID string `json:"episode_id"`
	// Content is what was said or done.
	Content string `json:"content"`
	// SourceEntity is who said or did it.
	SourceEntity string `json:"source_entity"`
	// AboutEntity is whom it is about.
	AboutEntity string `json:"about_entity"`
	// ContentType is text when empty.
	ContentType ContentType `json:"content_type,omitempty"`
}

// Observed is the answer of [Client.Observe].
type Observed struct {
	ID          string      `json:"id"`
	EpisodeID   string      `json:"episode_id"`
	ContentType ContentType `json:"content_type"`
	Timestamp   time.Time   `json:"timestamp"`
}

// StartEpisodeRequest is the input of [Client.StartEpisode].
type StartEpisodeRequest struct {
	// Participants are who takes part: user, assistant. There may be none.
	Participants []string `json:"participants"`
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
}

// AddMessageRequest is the input of [Client.AddMessage].
type AddMessageRequest struct {
	EpisodeID string `json:"episode_id"`
	Role      string `json:"role"`
	Content   string `json:"content"`
}

// AddedMessage is the answer of [Client.AddMessage].
type AddedMessage struct {
	ID        string    `json:"id"`
	EpisodeID string    `json:"episode_id"`
	Role      string    `json:"role"`
	Timestamp time.Time `json:"timestamp"`
	Status    string    `json:"status"`
}

// EndEpisodeRequest is the input of [Client.EndEpisode].
type EndEpisodeRequest struct {
	EpisodeID string `json:"episode_id"`
	// Outcome is success when empty.
	Outcome Outcome `json:"outcome,omitempty"`
}

// EndedEpisode is the answer of [Client.EndEpisode].
type EndedEpisode struct {
	EpisodeID       string    `json:"episode_id"`
	MemoriesCreated int       `json:"memories_created"`
	Outcome         Outcome   `json:"outcome"`
	EndedAt         time.Time `json:"ended_at"`
}

// EntityRequest is the input of [Client.Entity].
type EntityRequest struct {
	Name string `json:"name"`
	// Kind is agent when empty. An entity that exists keeps its own.
	Kind EntityKind `json:"kind,omitempty"`
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
}

// Entity is someone or something that memories are about.
type Entity struct {
	ID   string     `json:"id"`
	Name string     `json:"name"`
	Kind EntityKind `json:"kind"`
}

// ForgetRequest is the input of [Client.Forget].
type ForgetRequest struct {
	// Entity is whose memories to delete.
	Entity string `json:"entity"`
	// Namespace is the client's when empty.
	Namespace string `json:"namespace,omitempty"`
}

// Forgotten is the answer of [Client.Forget].
type Forgotten struct {
	Count int `json:"forgotten_count"`
}

// EditMemoryRequest is the input of [Client.EditMemory]. What is nil stays as it is.
type EditMemoryRequest struct {
	MemoryID   string   `json:"memory_id"`
	Content    *string  `json:"content,omitempty"`
	Confidence *float64 `json:"confidence,omitempty"`
}

// EditedMemory is the answer of [Client.EditMemory].
type EditedMemory struct {
	ID         string  `json:"id"`
	Content    string  `json:"content"`
	Confidence float64 `json:"confidence"`
}

// DeleteMemoryRequest is the input of [Client.DeleteMemory].
type DeleteMemoryRequest struct {
	MemoryID string `json:"memory_id"`
}

// DeletedMemory is the answer of [Client.DeleteMemory].
type DeletedMemory struct {
	Deleted bool   `json:"deleted"`
	ID      string `json:"id"`
}

// ConfirmDeleteAll is what [DeleteAllMemoriesRequest] must say.
const ConfirmDeleteAll = "delete-all-memories"

// DeleteAllMemoriesRequest is the input of [Client.DeleteAllMemories].
type DeleteAllMemoriesRequest struct {
	// Confirm must be [ConfirmDeleteAll].
	Confirm string `json:"confirm"`
}

// DeletedMemories is the answer of [Client.DeleteAllMemories].
type DeletedMemories struct {
	Deleted int `json:"deleted"`
}
