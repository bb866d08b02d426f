package pensyve

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

const fakeKey = "psy_fakefakefakefakefakefakefakefakefakefakefakefake"

// fake is a server on a real socket that answers the nth request with the nth of its answers, and all later ones with the
// last. It keeps what it was sent.
type fake struct {
	*httptest.Server
	mutex    sync.Mutex
	requests []received
	waits    []time.Duration
}

type received struct {
	method, uri string
	header      http.Header
	body        string
}

func startFake(t *testing.T, answers ...http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(f.handler(answers))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) handler(answers []http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mutex.Lock()
		f.requests = append(f.requests, received{r.Method, r.RequestURI, r.Header.Clone(), string(body)})
		number := min(len(f.requests), len(answers))
		f.mutex.Unlock()
		answers[number-1](w, r)
	})
}

// client returns one that notes its pauses instead of making them.
func (f *fake) client(options ...Option) *Client {
	client := New(append([]Option{WithAPIKey(fakeKey), WithBaseURL(f.URL)}, options...)...)
	client.sleep = func(ctx context.Context, wait time.Duration) error {
		f.mutex.Lock()
		defer f.mutex.Unlock()
		f.waits = append(f.waits, wait)
		return ctx.Err()
	}
	return client
}

func (f *fake) received() []received {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.requests
}

// keys lists the Idempotency-Key of each request.
func (f *fake) keys() []string {
	var keys []string
	for _, each := range f.received() {
		keys = append(keys, each.header.Get("Idempotency-Key"))
	}
	return keys
}

// answer is one with a JSON body; headers are names and values in turn.
func answer(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i < len(headers); i += 2 {
			w.Header().Add(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

var (
	good = answer(200, `{}`)
	busy = answer(503, `{"error":"unavailable","message":"The database does not answer.","request_id":"r-1"}`)
)

// broken closes the connection without an answer.
func broken(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cutOff closes the connection in the middle of an answer.
func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	io.WriteString(w, `{"memories":[`)
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// silent answers nothing until the client has gone.
func silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func recall(client *Client) error {
	_, err := client.Recall(context.Background(), RecallRequest{Query: "anything"})
	return err
}

func remember(client *Client, options ...CallOption) error {
	_, err := client.Remember(context.Background(), RememberRequest{Entity: "ada", Fact: "is here"}, options...)
	return err
}
