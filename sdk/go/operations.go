package pensyve

import (
	"context"
	"net/http"
)

// operation is one entry of the server's OpenAPI document, by its operationId. A test compares them all.
type operation struct {
	id     string
	method string
	path   string
	// isWrite: it changes something, so it is repeated only with an Idempotency-Key.
	isWrite bool
	// isPublic: it needs no key and is sent without one.
	isPublic bool
	// hasNamespace: it takes the field namespace.
	hasNamespace bool
}

func (o operation) hasBody() bool {
	return o.method == http.MethodPost || o.method == http.MethodPatch
}

var (
	opRecall        = operation{id: "recall", method: "POST", path: "/v1/recall", hasNamespace: true}
	opRecallGrouped = operation{id: "recall_grouped", method: "POST", path: "/v1/recall_grouped", hasNamespace: true}
	opInspect       = operation{id: "inspect", method: "POST", path: "/v1/inspect", hasNamespace: true}
	opStatus        = operation{id: "status", method: "GET", path: "/v1/stats", hasNamespace: true}
	opAccount       = operation{id: "account", method: "GET", path: "/v1/usage"}
	opMe            = operation{id: "me", method: "GET", path: "/v1/me"}
	opHealth        = operation{id: "health", method: "GET", path: "/v1/health", isPublic: true}

	opRemember       = operation{id: "remember", method: "POST", path: "/v1/remember", isWrite: true, hasNamespace: true}
	opObserve        = operation{id: "observe", method: "POST", path: "/v1/observe", isWrite: true}
	opEpisodeStart   = operation{id: "episode_start", method: "POST", path: "/v1/episodes/start", isWrite: true, hasNamespace: true}
	opEpisodeMessage = operation{id: "episode_message", method: "POST", path: "/v1/episodes/message", isWrite: true}
	opEpisodeEnd     = operation{id: "episode_end", method: "POST", path: "/v1/episodes/end", isWrite: true}
	opCreateEntity   = operation{id: "create_entity", method: "POST", path: "/v1/entities", isWrite: true, hasNamespace: true}
	opForget         = operation{id: "forget", method: "DELETE", path: "/v1/entities/{entity}", isWrite: true, hasNamespace: true}
	opEditMemory     = operation{id: "edit_memory", method: "PATCH", path: "/v1/memories/{memory_id}", isWrite: true}
	opDeleteMemory   = operation{id: "delete_memory", method: "DELETE", path: "/v1/memories/{memory_id}", isWrite: true}
	opDeleteAll      = operation{id: "delete_all_memories", method: "DELETE", path: "/v1/memories", isWrite: true}
)

// Recall searches memories.
func (c *Client) Recall(ctx context.Context, request RecallRequest) (*RecallResponse, error) {
	return call[RecallResponse](ctx, c, opRecall, request)
}

// RecallGrouped searches memories and gathers what it finds by episode.
func (c *Client) RecallGrouped(ctx context.Context, request RecallGroupedRequest) (*RecallGroupedResponse, error) {
	return call[RecallGroupedResponse](ctx, c, opRecallGrouped, request)
}

// Inspect lists what is known about one entity, or everything when request.Entity is empty.
func (c *Client) Inspect(ctx context.Context, request InspectRequest) (*InspectResponse, error) {
	return call[InspectResponse](ctx, c, opInspect, request)
}

// Stats counts memories.
func (c *Client) Stats(ctx context.Context, request StatsRequest) (*Stats, error) {
	return call[Stats](ctx, c, opStatus, request)
}

// Usage tells what the key has been used for, and its limits.
func (c *Client) Usage(ctx context.Context) (*Usage, error) {
	return call[Usage](ctx, c, opAccount, nil)
}

// Me tells what the key is and which operations it may call.
func (c *Client) Me(ctx context.Context) (*Me, error) {
	return call[Me](ctx, c, opMe, nil)
}

// Health says that the server answers. It needs no key and sends none.
func (c *Client) Health(ctx context.Context) (*Health, error) {
	return call[Health](ctx, c, opHealth, nil)
}

// Remember saves a fact about an entity.
func (c *Client) Remember(ctx context.Context, request RememberRequest, options ...CallOption) (*Remembered, error) {
	return call[Remembered](ctx, c, opRemember, request, options...)
}

// Observe records something in an episode. See also [Episode.Observe].
func (c *Client) Observe(ctx context.Context, request ObserveRequest, options ...CallOption) (*Observed, error) {
	return call[Observed](ctx, c, opObserve, request, options...)
}

// AddMessage adds a message to an episode. See also [Episode.AddMessage].
func (c *Client) AddMessage(ctx context.Context, request AddMessageRequest, options ...CallOption) (*AddedMessage, error) {
	return call[AddedMessage](ctx, c, opEpisodeMessage, request, options...)
}

// EndEpisode ends an episode. See also [Episode.End].
func (c *Client) EndEpisode(ctx context.Context, request EndEpisodeRequest, options ...CallOption) (*EndedEpisode, error) {
	return call[EndedEpisode](ctx, c, opEpisodeEnd, request, options...)
}

// Entity creates an entity, or gets the existing one of that name. With a read-only key it gets existing ones.
func (c *Client) Entity(ctx context.Context, request EntityRequest, options ...CallOption) (*Entity, error) {
	return call[Entity](ctx, c, opCreateEntity, request, options...)
}

// Forget deletes all memories about one entity. It cannot be undone.
func (c *Client) Forget(ctx context.Context, request ForgetRequest, options ...CallOption) (*Forgotten, error) {
	return call[Forgotten](ctx, c, opForget, request, options...)
}

// EditMemory changes the text or the confidence of a fact.
func (c *Client) EditMemory(ctx context.Context, request EditMemoryRequest, options ...CallOption) (*EditedMemory, error) {
	return call[EditedMemory](ctx, c, opEditMemory, request, options...)
}

// DeleteMemory deletes one memory.
func (c *Client) DeleteMemory(ctx context.Context, request DeleteMemoryRequest, options ...CallOption) (*DeletedMemory, error) {
	return call[DeletedMemory](ctx, c, opDeleteMemory, request, options...)
}

// DeleteAllMemories deletes everything the key's owner has, in every namespace. request.Confirm must be [ConfirmDeleteAll].
func (c *Client) DeleteAllMemories(ctx context.Context, request DeleteAllMemoriesRequest, options ...CallOption) (*DeletedMemories, error) {
	return call[DeletedMemories](ctx, c, opDeleteAll, request, options...)
}
