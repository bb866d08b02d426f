package pensyve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// recorder keeps what went over the wire: for each operation, by method and path, its last successful answer.
type recorder struct {
	mutex   sync.Mutex
	answers map[string][]byte
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(body))
	if response.StatusCode < 300 {
		r.mutex.Lock()
		defer r.mutex.Unlock()
		for _, each := range sdkOperations {
			if each.method == request.Method && pathMatches(each.path, request.URL.EscapedPath()) {
				r.answers[each.id] = body
			}
		}
	}
	return response, err
}

func pathMatches(template, path string) bool {
	expected, given := strings.Split(template, "/"), strings.Split(path, "/")
	if len(expected) != len(given) {
		return false
	}
	for i := range expected {
		isSame := expected[i] == given[i]
		// /v1/episodes/{episode_id}/end is not used, so no fixed segment can be taken for a field.
		if !isSame && !strings.HasPrefix(expected[i], "{") {
			return false
		}
	}
	return true
}

// Older clients read these names; the SDK has the same under another.
var olderNames = map[string][]string{
	"recall":         {"type"},
	"recall_grouped": {"type"},
	"inspect":        {"type", "_type"},
	"status":         {"episodic", "semantic", "procedural", "observation"},
	"remember":       {"score"},
	"account": {
		"standard", "multimodal", "extraction", "period_start", "period_end",
		"total_ops", "monthly_ops", "api_calls", "recalls",
	},
}

func TestEveryMethodWorksAgainstTheServerAndItsTypesAreThoseOfTheAnswers(t *testing.T) {
	server := live(t)
	wire := &recorder{answers: map[string][]byte{}}
	client := server.client("mcp", WithNamespace("every method"), WithHTTPClient(&http.Client{Transport: wire}))
	callEveryMethod(t, client)
	for _, each := range sdkOperations {
		answer, called := wire.answers[each.id]
		if !called {
			t.Errorf("%s was not called", each.id)
			continue
		}
		var value any
		if err := json.Unmarshal(answer, &value); err != nil {
			t.Fatal(err)
		}
		for _, difference := range differences(reflect.TypeOf(each.answer), value, each.id, olderNames[each.id]) {
			t.Error(difference)
		}
	}
}

func callEveryMethod(t *testing.T, client *Client) {
	ctx := context.Background()
	health := must(client.Health(ctx))
	equal(t, "health", health.Status, "ok")
	me := must(client.Me(ctx))
	equal(t, "scope", me.Scope, "mcp")
	if !slices.Contains(me.Operations, "recall") || me.Limits.RequestsPerMinute == 0 {
		t.Errorf("Me says %+v", me)
	}
	must(client.DeleteAllMemories(ctx, DeleteAllMemoriesRequest{Confirm: ConfirmDeleteAll}))

	entity := must(client.Entity(ctx, EntityRequest{Name: "ada", Kind: User}))
	equal(t, "kind", entity.Kind, User)
	fact := must(client.Remember(ctx, RememberRequest{Entity: "ada", Fact: "prefers dark mode", Confidence: Ptr(0.8)}))
	equal(t, "confidence", fact.Confidence, 0.8)
	equal(t, "type", fact.Type, Semantic)

	episode := must(client.StartEpisode(ctx, StartEpisodeRequest{Participants: []string{"user", "assistant"}}))
	equal(t, "participants", strings.Join(episode.Participants, " "), "user assistant")
	message := must(episode.AddMessage(ctx, "user", "The dark side of the moon"))
	equal(t, "episode", message.EpisodeID, episode.ID)
	observed := must(episode.Observe(ctx, ObserveRequest{
		Content: "darkness := true", SourceEntity: "assistant", AboutEntity: "ada", ContentType: Code,
	}))
	equal(t, "content type", observed.ContentType, Code)
	ended := must(episode.End(ctx, Partial))
	equal(t, "outcome", ended.Outcome, Partial)
	equal(t, "memories created", ended.MemoriesCreated, 2)

	found := must(client.Recall(ctx, RecallRequest{
		Query: "dark mode", Entity: "ada", Types: []MemoryType{Semantic}, MinConfidence: 0.5, Limit: 3,
	}))
	if len(found.Memories) != 1 || found.Memories[0].Content != "prefers dark mode" {
		t.Errorf("Recall found %+v", found.Memories)
	}
	groups := must(client.RecallGrouped(ctx, RecallGroupedRequest{Query: "dark", Order: Relevance, MaxGroups: 9}))
	if !slices.ContainsFunc(groups.Groups, func(g Group) bool { return g.SessionID != nil && *g.SessionID == episode.ID }) {
		t.Errorf("RecallGrouped found %+v", groups.Groups)
	}
	known := must(client.Inspect(ctx, InspectRequest{}))
	equal(t, "semantic", len(known.Semantic), 1)
	equal(t, "episodic", len(known.Episodic), 2)
	stats := must(client.Stats(ctx, StatsRequest{}))
	equal(t, "total", stats.Total, 3)
	usage := must(client.Usage(ctx))
	equal(t, "memories stored", usage.MemoriesStored, 3)

	edited := must(client.EditMemory(ctx, EditMemoryRequest{MemoryID: fact.ID, Content: Ptr("prefers light mode")}))
	equal(t, "content", edited.Content, "prefers light mode")
	equal(t, "confidence", edited.Confidence, 0.8)
	deleted := must(client.DeleteMemory(ctx, DeleteMemoryRequest{MemoryID: fact.ID}))
	equal(t, "deleted", *deleted, DeletedMemory{Deleted: true, ID: fact.ID})
	forgotten := must(client.Forget(ctx, ForgetRequest{Entity: "ada"}))
	equal(t, "forgotten", forgotten.Count, 1)
	all := must(client.DeleteAllMemories(ctx, DeleteAllMemoriesRequest{Confirm: ConfirmDeleteAll}))
	equal(t, "deleted", all.Deleted, 1)
	must(client.Remember(ctx, RememberRequest{Entity: "ada", Fact: "is back"}))
	must(client.Recall(ctx, RecallRequest{Query: "back"}))
	must(client.Inspect(ctx, InspectRequest{Entity: "ada"}))
}

// differences compares an answer with its type: fields that the type lacks, and fields that the answer lacks.
func differences(expected reflect.Type, value any, path string, ignored []string) []string {
	var found []string
	switch given := value.(type) {
	case []any:
		for i, each := range given {
			found = append(found, differences(expected.Elem(), each, fmt.Sprintf("%s[%d]", path, i), ignored)...)
		}
	case map[string]any:
		if expected.Kind() == reflect.Pointer {
			expected = expected.Elem()
		}
		if expected.Kind() != reflect.Struct {
			return nil
		}
		rest := given
		for _, each := range jsonFields(expected) {
			inner, present := given[each.name]
			if !present && !each.isOptional {
				found = append(found, fmt.Sprintf("%s has no field %s, and %s does", path, each.name, expected))
			}
			if present {
				found = append(found, differences(each.goType, inner, path+"."+each.name, ignored)...)
			}
			delete(rest, each.name)
		}
		for name := range rest {
			if !slices.Contains(ignored, name) {
				found = append(found, fmt.Sprintf("%s has a field %s, and %s does not", path, name, expected))
			}
		}
	}
	return found
}

func TestTheServerDoesAWriteOnceThatArrivesTwiceWithOneIdempotencyKey(t *testing.T) {
	server, ctx := live(t), context.Background()
	client := server.client("mcp", WithNamespace("twice"))
	remember := func() *Remembered {
		return must(client.Remember(ctx, RememberRequest{Entity: "ada", Fact: "is there once"}, WithIdempotencyKey("live-twice")))
	}
	equal(t, "id", remember().ID, remember().ID)
	equal(t, "total", must(client.Stats(ctx, StatsRequest{})).Total, 1)
}

func TestForbiddenNamesTheScopeThatWouldDo(t *testing.T) {
	server, ctx := live(t), context.Background()
	reader, writer := server.client("mcp:read"), server.client("mcp:write")
	_, remembering := reader.Remember(ctx, RememberRequest{Entity: "ada", Fact: "is not stored"})
	_, recalling := writer.Recall(ctx, RecallRequest{Query: "anything"})
	_, deleting := writer.DeleteAllMemories(ctx, DeleteAllMemoriesRequest{Confirm: ConfirmDeleteAll})
	for scope, err := range map[string]error{"mcp:write": remembering, "mcp:read": recalling, "mcp": deleting} {
		var forbidden *ForbiddenError
		if !errors.As(err, &forbidden) || forbidden.Scope != scope || forbidden.Code != "insufficient_scope" {
			t.Errorf("expected a need for %s, got %v", scope, err)
		}
	}
}

func TestReadOnlyKeyGetsAnExistingEntity(t *testing.T) {
	server, ctx := live(t), context.Background()
	must(server.client("mcp").Entity(ctx, EntityRequest{Name: "existing", Kind: Team}))
	equal(t, "kind", must(server.client("mcp:read").Entity(ctx, EntityRequest{Name: "existing"})).Kind, Team)
	_, err := server.client("mcp:read").Entity(ctx, EntityRequest{Name: "absent"})
	var forbidden *ForbiddenError
	if !errors.As(err, &forbidden) || forbidden.Scope != "mcp:write" {
		t.Errorf("creating it gave %v", err)
	}
}

func TestWrongKeyIsUnauthorizedAndIsNotShown(t *testing.T) {
	const wrong = "psy_wrongwrongwrongwrongwrongwrongwrongwrongwrongwrong"
	client := New(WithAPIKey(wrong), WithBaseURL(live(t).URL))
	_, err := client.Recall(context.Background(), RecallRequest{Query: "anything"})
	var unauthorized *UnauthorizedError
	if !errors.As(err, &unauthorized) || unauthorized.StatusCode != 401 || unauthorized.RequestID == "" {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, unauthorized.APIError), "psy_wrong") {
		t.Error("the error shows the key")
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	client, ctx := live(t).client("mcp"), context.Background()
	const absent = "01900000-0000-7000-8000-000000000000"
	_, deleting := client.DeleteMemory(ctx, DeleteMemoryRequest{MemoryID: absent})
	_, adding := client.AddMessage(ctx, AddMessageRequest{EpisodeID: absent, Role: "user", Content: "hello"})
	for _, err := range []error{deleting, adding} {
		var notFound *NotFoundError
		if !errors.As(err, &notFound) || notFound.Code != "not_found" {
			t.Errorf("got %v", err)
		}
	}
}

func TestInvalidInputIsAnAPIErrorThatSaysWhichField(t *testing.T) {
	client := live(t).client("mcp")
	_, err := client.Remember(context.Background(), RememberRequest{Entity: "", Fact: "belongs to no one"})
	var refused *APIError
	if !errors.As(err, &refused) || refused.StatusCode != 400 || !strings.Contains(refused.Message, "entity") {
		t.Errorf("got %v", err)
	}
}

func TestNamespacesAreSeparate(t *testing.T) {
	server, ctx := live(t), context.Background()
	one := server.client("mcp", WithNamespace("one"))
	other := one.InNamespace("other")
	must(one.Remember(ctx, RememberRequest{Entity: "ada", Fact: "lives in the first namespace"}))
	must(other.Remember(ctx, RememberRequest{Entity: "ada", Fact: "lives in the other namespace"}))
	count := func(client *Client, namespace string) int {
		return must(client.Stats(ctx, StatsRequest{Namespace: namespace})).Total
	}
	equal(t, "of the client", count(one, ""), 1)
	equal(t, "of the other client", count(other, ""), 1)
	equal(t, "named in the request", count(one, "other"), 1)
	if all := count(one.InNamespace(""), ""); all < 2 {
		t.Errorf("without a namespace there are %d memories", all)
	}
	equal(t, "forgotten", must(one.Forget(ctx, ForgetRequest{Entity: "ada"})).Count, 1)
	equal(t, "of the other client", count(other, ""), 1)
}

func TestAnyNameOfAnEntityReachesTheServerWhole(t *testing.T) {
	client, ctx := live(t).client("mcp", WithNamespace("names")), context.Background()
	names := []string{
		"a/b", "user_1/memories", "..", ".", "a b", "100%", "%2F", "a?b=c", "a#b", "ä ü 漢 🐙", "a+b", "a;b", "'\"\\", "/", "//x",
	}
	for _, name := range names {
		must(client.Remember(ctx, RememberRequest{Entity: name, Fact: "has a name"}))
		forgotten, err := client.Forget(ctx, ForgetRequest{Entity: name})
		if err != nil || forgotten.Count != 1 {
			t.Errorf("forgetting %q: %+v, %v", name, forgotten, err)
		}
	}
}

func TestTextsSurviveTheWayThereAndBack(t *testing.T) {
	client, ctx := live(t).client("mcp", WithNamespace("texts")), context.Background()
	for _, fact := range []string{"says <b>&amp;</b> \"hi\"", "is 漢字 and 🐙", "has\nlines\tand tabs", "a \u2028 b"} {
		equal(t, "content", must(client.Remember(ctx, RememberRequest{Entity: "ada", Fact: fact})).Content, fact)
	}
}

func TestZeroConfidenceIsSentAndAbsentIsOne(t *testing.T) {
	client, ctx := live(t).client("mcp", WithNamespace("confidence")), context.Background()
	none := must(client.Remember(ctx, RememberRequest{Entity: "ada", Fact: "may not", Confidence: Ptr(0.0)}))
	equal(t, "given", none.Confidence, 0)
	absent := must(client.Remember(ctx, RememberRequest{Entity: "ada", Fact: "surely does"}))
	equal(t, "absent", absent.Confidence, 1)
}

func TestEpisodeOfACancelledContextIsEnded(t *testing.T) {
	client := live(t).client("mcp", WithNamespace("cancelled"))
	ctx, cancel := context.WithCancel(context.Background())
	episode := must(client.StartEpisode(ctx, StartEpisodeRequest{}))
	cancel()
	if _, err := episode.AddMessage(ctx, "user", "too late"); !errors.Is(err, context.Canceled) {
		t.Errorf("AddMessage gave %v", err)
	}
	ended, err := episode.End(ctx)
	if err != nil || ended.EpisodeID != episode.ID || time.Since(ended.EndedAt) > time.Minute {
		t.Errorf("End gave %+v, %v", ended, err)
	}
}

func TestManyGoroutinesShareOneClient(t *testing.T) {
	client, ctx := live(t).client("mcp", WithNamespace("many")), context.Background()
	var group sync.WaitGroup
	for i := range 16 {
		group.Add(1)
		go func() {
			defer group.Done()
			fact := fmt.Sprintf("counts to %d", i)
			remembered, err := client.Remember(ctx, RememberRequest{Entity: "ada", Fact: fact})
			if err != nil || remembered.Content != fact {
				t.Errorf("%q: %+v, %v", fact, remembered, err)
			}
		}()
	}
	group.Wait()
	equal(t, "stored", must(client.Stats(ctx, StatsRequest{})).Total, 16)
}

// must panics, which fails the test with a trace, so that expected successes read as a line each.
func must[Value any](value Value, err error) Value {
	if err != nil {
		panic(err)
	}
	return value
}

func equal[Value comparable](t *testing.T, what string, got, want Value) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
