package pensyve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
)

var silentLog = log.New(io.Discard, "", 0)

func TestConstructorOfTheDocumentationWorksAsWritten(t *testing.T) {
	server := startFake(t, good)
	client := New(
		WithAPIKey("psy_your_key_here"),
		WithBaseURL(server.URL),
	)
	if err := recall(client); err != nil {
		t.Fatal(err)
	}
	sent := server.received()[0]
	equal(t, "request", sent.method+" "+sent.uri, "POST /v1/recall")
	equal(t, "Authorization", sent.header.Get("Authorization"), "Bearer psy_your_key_here")
	equal(t, "Content-Type", sent.header.Get("Content-Type"), "application/json")
	equal(t, "Accept", sent.header.Get("Accept"), "application/json")
	if name := sent.header.Get("User-Agent"); !strings.HasPrefix(name, "pensyve-go/"+Version+" ") {
		t.Errorf("User-Agent is %q", name)
	}
}

func TestEnvironmentDecidesWhatIsNotGiven(t *testing.T) {
	server, other := startFake(t, good), startFake(t, good)
	t.Setenv("PENSYVE_API_KEY", "psy_of_the_environment\n")
	t.Setenv("PENSYVE_API_URL", server.URL)
	if err := recall(New()); err != nil {
		t.Fatal(err)
	}
	equal(t, "Authorization", server.received()[0].header.Get("Authorization"), "Bearer psy_of_the_environment")
	if err := recall(New(WithAPIKey(fakeKey), WithBaseURL(other.URL))); err != nil {
		t.Fatal(err)
	}
	equal(t, "Authorization", other.received()[0].header.Get("Authorization"), "Bearer "+fakeKey)
	equal(t, "requests to the environment's server", len(server.received()), 1)
}

func TestMissingKeyIsReportedByTheFirstCallAndNothingIsSent(t *testing.T) {
	t.Setenv("PENSYVE_API_KEY", "")
	server := startFake(t, good)
	for _, client := range []*Client{New(WithBaseURL(server.URL)), New(WithBaseURL(server.URL), WithAPIKey(" "))} {
		err := recall(client)
		var config *ConfigError
		if !errors.Is(err, ErrMissingAPIKey) || !errors.As(err, &config) || !strings.Contains(err.Error(), "PENSYVE_API_KEY") {
			t.Errorf("got %v", err)
		}
	}
	equal(t, "requests", len(server.received()), 0)
}

func TestEmptyKeyIsNotReplacedByThatOfTheEnvironment(t *testing.T) {
	t.Setenv("PENSYVE_API_KEY", "psy_of_somebody_else")
	server := startFake(t, good)
	if err := recall(New(WithBaseURL(server.URL), WithAPIKey(""))); !errors.Is(err, ErrMissingAPIKey) {
		t.Errorf("got %v", err)
	}
}

func TestHealthNeedsNoKeyAndSendsNone(t *testing.T) {
	t.Setenv("PENSYVE_API_KEY", "")
	server := startFake(t, answer(200, `{"status":"ok","version":"1"}`))
	equal(t, "status", must(New(WithBaseURL(server.URL)).Health(context.Background())).Status, "ok")
	must(server.client().Health(context.Background()))
	for _, each := range server.received() {
		equal(t, "Authorization", each.header.Get("Authorization"), "")
	}
}

func TestAddressThatCannotBeIsReportedByTheFirstCallWithoutShowingIt(t *testing.T) {
	t.Setenv("PENSYVE_API_URL", "")
	if err := recall(New(WithAPIKey(fakeKey))); !errors.Is(err, ErrMissingBaseURL) {
		t.Errorf("got %v", err)
	}
	for _, address := range []string{
		"api.pensyve.com", "ftp://api.pensyve.com", "https://", "https://me:secret@api.pensyve.com", "://secret",
		"https://api.pensyve.com?key=secret", "https://api.pensyve.com#secret", "https://secret\x7f",
	} {
		err := recall(New(WithAPIKey(fakeKey), WithBaseURL(address)))
		var config *ConfigError
		if !errors.As(err, &config) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAddressMayEndInSlashesAndHoldAPath(t *testing.T) {
	server := startFake(t, good)
	for given, uri := range map[string]string{"": "/v1/recall", "/": "/v1/recall", "/memory/": "/memory/v1/recall"} {
		before := len(server.received())
		if err := recall(New(WithAPIKey(fakeKey), WithBaseURL(server.URL+given))); err != nil {
			t.Fatal(err)
		}
		equal(t, "uri", server.received()[before].uri, uri)
	}
}

func TestKeyThatNoHeaderCanHoldIsReportedWithoutShowingIt(t *testing.T) {
	server := startFake(t, good)
	for _, key := range []string{"psy_secret\r\nX-Other: 1", "psy_secret key", "psy_secretä", "psy_secret\x00"} {
		err := recall(New(WithBaseURL(server.URL), WithAPIKey(key)))
		var config *ConfigError
		if !errors.As(err, &config) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", key, err)
		}
	}
	equal(t, "requests", len(server.received()), 0)
}

func TestPrintingAClientNeverShowsTheKey(t *testing.T) {
	client := New(WithAPIKey(fakeKey), WithBaseURL("https://api.pensyve.com"))
	shown := []string{client.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%T", "%p"} {
		shown = append(shown, fmt.Sprintf(verb, client), fmt.Sprintf(verb, *client), fmt.Sprintf(verb, []any{client, *client}))
	}
	encoded, _ := json.Marshal(client)
	shown = append(shown, string(encoded))
	hexKey := fmt.Sprintf("%x", fakeKey)
	for _, text := range shown {
		if strings.Contains(text, fakeKey) || strings.Contains(strings.ToLower(text), hexKey) {
			t.Errorf("shows the key: %s", text)
		}
	}
	equal(t, "String", client.String(), "pensyve.Client(https://api.pensyve.com)")
}

// echo is a transport whose errors hold all it was given, as careless ones do.
type echo struct{}

func (echo) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("cannot send %v", r.Header)
}

func TestNoErrorShowsTheKeyEvenIfAServerOrTransportDoes(t *testing.T) {
	body := fmt.Sprintf(`{"error":"%[1]s","message":"the key %[1]s is wrong","detail":"%[1]s","request_id":"%[1]s","scope":"%[1]s"}`, fakeKey)
	for _, status := range []int{302, 400, 401, 403, 404, 429, 500} {
		server := startFake(t, answer(status, body, "Location", "https://elsewhere.example/?key="+fakeKey))
		err := recall(server.client(WithMaxRetries(0)))
		var refused *APIError
		if !errors.As(err, &refused) || strings.Contains(fmt.Sprintf("%v %+v %+v", err, err, *refused), fakeKey) {
			t.Errorf("%d: %v", status, err)
		}
	}
	text := func(w http.ResponseWriter, r *http.Request) { http.Error(w, r.Header.Get("Authorization"), 400) }
	html := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>", r.Header.Get("Authorization")) }
	server := startFake(t, text, html)
	for _, client := range []*Client{server.client(), server.client(), server.client(WithHTTPClient(&http.Client{Transport: echo{}}))} {
		if err := recall(client); err == nil || strings.Contains(err.Error(), fakeKey) {
			t.Errorf("got %v", err)
		}
	}
}

func TestRedirectIsNotFollowedSoTheKeyGoesNowhereElse(t *testing.T) {
	elsewhere := startFake(t, good)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := startFake(t, answer(status, "", "Location", elsewhere.URL+"/v1/recall"))
		own := &http.Client{}
		err := recall(server.client(WithHTTPClient(own)))
		var refused *APIError
		if !errors.As(err, &refused) || refused.StatusCode != status || !strings.Contains(err.Error(), elsewhere.URL) {
			t.Errorf("%d: %v", status, err)
		}
		if own.CheckRedirect != nil {
			t.Error("the caller's own client was changed")
		}
	}
	equal(t, "requests elsewhere", len(elsewhere.received()), 0)
}

func TestEachStatusHasItsTypeAndAllAreAPIErrors(t *testing.T) {
	const body = `{"error":"a_code","message":"What to do next.","detail":"What to do next.","request_id":"r-1"}`
	kinds := map[string]func(error) bool{
		"UnauthorizedError": func(err error) bool { var e *UnauthorizedError; return errors.As(err, &e) },
		"ForbiddenError":    func(err error) bool { var e *ForbiddenError; return errors.As(err, &e) },
		"NotFoundError":     func(err error) bool { var e *NotFoundError; return errors.As(err, &e) },
		"RateLimitError":    func(err error) bool { var e *RateLimitError; return errors.As(err, &e) },
	}
	expected := map[int]string{
		400: "", 401: "UnauthorizedError", 403: "ForbiddenError", 404: "NotFoundError", 409: "", 422: "",
		429: "RateLimitError", 500: "", 503: "",
	}
	for status, kind := range expected {
		err := recall(startFake(t, answer(status, body)).client(WithMaxRetries(0)))
		for name, is := range kinds {
			if is(err) != (name == kind) {
				t.Errorf("%d as %s: %v", status, name, is(err))
			}
		}
		var refused *APIError
		if !errors.As(err, &refused) {
			t.Fatalf("%d is no APIError: %v", status, err)
		}
		want := APIError{
			Operation: "recall", StatusCode: status, Code: "a_code", Message: "What to do next.", RequestID: "r-1", Attempts: 1,
		}
		equal(t, "error", *refused, want)
		equal(t, "text", err.Error(), fmt.Sprintf("pensyve: recall: HTTP %d a_code: What to do next. (request r-1)", status))
	}
}

func TestErrorsOfOtherServersAreReadAsFarAsTheyGo(t *testing.T) {
	cases := []struct{ contentType, body, message string }{
		{"application/json", `{"detail":"an older server's words"}`, "an older server's words"},
		{"application/json", `{"detail":[{"loc":["body"]}]}`, "Bad Request"},
		{"application/json", `[]`, "Bad Request"},
		{"text/plain; charset=utf-8", " Failed to parse the body \n", "Failed to parse the body"},
		{"text/plain", strings.Repeat("ü", 300), strings.Repeat("ü", 200) + "…"},
		{"text/html", "<html>a proxy's page</html>", "Bad Request"},
		{"application/json", "", "Bad Request"},
	}
	for _, each := range cases {
		server := startFake(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", each.contentType)
			w.WriteHeader(400)
			io.WriteString(w, each.body)
		})
		var refused *APIError
		if err := recall(server.client()); !errors.As(err, &refused) {
			t.Fatal(err)
		}
		equal(t, "message", refused.Message, each.message)
	}
}

func TestForbiddenReadsTheScopeFromHeaderThenBodyThenMessage(t *testing.T) {
	const dpop = `DPoP algs="ES256", scope="from-dpop"`
	cases := []struct {
		headers []string
		body    string
		scope   string
	}{
		{[]string{`Bearer error="insufficient_scope", scope="mcp:write", resource_metadata="https://x/y"`}, `{"scope":"other"}`, "mcp:write"},
		{[]string{dpop, `Bearer scope="mcp:read mcp:write"`}, `{}`, "mcp:read mcp:write"},
		{[]string{dpop + `, Bearer scope=mcp`}, `{}`, "mcp"},
		{[]string{dpop}, `{}`, "from-dpop"},
		{nil, `{"error":"insufficient_scope","scope":"mcp:read"}`, "mcp:read"},
		{nil, `{"error":"insufficient_scope","message":"This needs the scope mcp:write. Use a key with that scope."}`, "mcp:write"},
		{nil, `{"error":"origin_not_allowed","message":"mcp is not for this origin"}`, ""},
		{nil, `not json`, ""},
	}
	for _, each := range cases {
		var headers []string
		for _, value := range each.headers {
			headers = append(headers, "WWW-Authenticate", value)
		}
		err := recall(startFake(t, answer(403, each.body, headers...)).client())
		var forbidden *ForbiddenError
		if !errors.As(err, &forbidden) {
			t.Fatal(err)
		}
		equal(t, "scope", forbidden.Scope, each.scope)
		if !strings.Contains(err.Error(), each.scope) {
			t.Errorf("the text does not name %q: %v", each.scope, err)
		}
	}
}

func TestAnswerThatIsNotPensyvesIsADecodeError(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<!DOCTYPE html><title>A page</title>")
	}
	for _, handler := range []http.HandlerFunc{page, answer(200, ""), answer(200, `{"memories":"none"}`), answer(204, "")} {
		server := startFake(t, handler)
		err := recall(server.client())
		var failed *DecodeError
		if !errors.As(err, &failed) || len(server.received()) != 1 {
			t.Errorf("%d requests, %v", len(server.received()), err)
		}
	}
}

func TestAnswerWithoutEndIsNotReadToTheEnd(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, `          `); err != nil {
				return
			}
		}
	}
	server := startFake(t, endless)
	client := server.client()
	client.answerBytesMax = 10_000
	err := recall(client)
	var failed *DecodeError
	if !errors.As(err, &failed) || !errors.Is(err, errTooLong) || len(server.received()) != 1 {
		t.Errorf("%d requests, %v", len(server.received()), err)
	}
}

func TestNamesInPathsAreOneSegmentThatNoProxyReadsOtherwise(t *testing.T) {
	server, ctx := startFake(t, good), context.Background()
	client := server.client()
	for i, each := range []struct{ name, uri string }{
		{"..", "/v1/entities/%2E%2E"},
		{".", "/v1/entities/%2E"},
		{"a/../b", "/v1/entities/a%2F..%2Fb"},
		{"a?b#c", "/v1/entities/a%3Fb%23c"},
	} {
		must(client.Forget(ctx, ForgetRequest{Entity: each.name}))
		equal(t, "uri", server.received()[i].uri, each.uri)
	}
}

func TestUnknownFieldsOfANewerServerAreIgnored(t *testing.T) {
	server := startFake(t, answer(200, `{"memories":[{"id":"1","content":"x","from_the_future":{}}],"more":1}`))
	found := must(server.client().Recall(context.Background(), RecallRequest{}))
	equal(t, "content", found.Memories[0].Content, "x")
}

func TestNamespaceIsSentWhereTheOperationTakesOneAndTheRequestNamesNone(t *testing.T) {
	for _, each := range sdkOperations {
		server := startFake(t, good)
		client := server.client(WithNamespace("my agent"))
		callByEntry(t, client, each)
		callByEntry(t, client.InNamespace("other"), each)
		callByEntry(t, client.InNamespace(""), each)
		for i, namespace := range []string{"my agent", "other", ""} {
			want := ""
			if each.hasNamespace {
				want = namespace
			}
			equal(t, each.id, namespaceOf(t, server.received()[i]), want)
		}
	}
	server := startFake(t, good)
	must(server.client(WithNamespace("mine")).Recall(context.Background(), RecallRequest{Namespace: "of the request"}))
	equal(t, "recall", namespaceOf(t, server.received()[0]), "of the request")
}

func namespaceOf(t *testing.T, sent received) string {
	t.Helper()
	request := must(http.NewRequest(sent.method, sent.uri, nil))
	if named := request.URL.Query().Get("namespace"); named != "" || sent.body == "" {
		return named
	}
	var body struct{ Namespace string }
	if err := json.Unmarshal([]byte(sent.body), &body); err != nil {
		t.Fatal(err)
	}
	return body.Namespace
}

func TestEmptyIDNeverBecomesTheAddressOfAll(t *testing.T) {
	server, ctx := startFake(t, good), context.Background()
	client := server.client()
	_, deleting := client.DeleteMemory(ctx, DeleteMemoryRequest{})
	_, editing := client.EditMemory(ctx, EditMemoryRequest{})
	_, forgetting := client.Forget(ctx, ForgetRequest{})
	for _, err := range []error{deleting, editing, forgetting} {
		var config *ConfigError
		if !errors.As(err, &config) {
			t.Errorf("got %v", err)
		}
	}
	equal(t, "requests", len(server.received()), 0)
}

func TestWhatJSONCannotHoldIsAnErrorBeforeSending(t *testing.T) {
	server := startFake(t, good)
	zero := 0.0
	_, err := server.client().Recall(context.Background(), RecallRequest{MinConfidence: zero / zero})
	if err == nil || len(server.received()) != 0 {
		t.Errorf("%d requests, %v", len(server.received()), err)
	}
}

func TestEpisodeIsEndedOnce(t *testing.T) {
	ended := answer(200, `{"episode_id":"e","outcome":"failure","memories_created":3}`)
	server, ctx := startFake(t, answer(201, `{"episode_id":"e"}`), answer(500, `{}`), ended), context.Background()
	episode := must(server.client().StartEpisode(ctx, StartEpisodeRequest{}))
	if _, err := episode.End(ctx, Failure); err == nil {
		t.Error("a failed End succeeded")
	}
	for range 3 {
		equal(t, "memories created", must(episode.End(ctx, Failure)).MemoriesCreated, 3)
	}
	must(episode.End(ctx, Success))
	requests := server.received()
	equal(t, "requests", len(requests), 3)
	equal(t, "start", requests[0].body, `{"participants":[]}`)
	equal(t, "end", requests[2].body, `{"episode_id":"e","outcome":"failure"}`)
}
