package pensyve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"
)

func TestOnlyPassingFailuresAreRepeated(t *testing.T) {
	for _, status := range []int{429, 502, 503, 504} {
		server := startFake(t, answer(status, `{}`), answer(status, `{}`), good)
		if err := recall(server.client()); err != nil || len(server.received()) != 3 {
			t.Errorf("%d: %d requests, %v", status, len(server.received()), err)
		}
	}
	for _, status := range []int{304, 400, 401, 403, 404, 405, 408, 409, 413, 415, 421, 422, 500, 501, 505} {
		server := startFake(t, answer(status, `{}`), good)
		if err := recall(server.client()); err == nil || len(server.received()) != 1 {
			t.Errorf("%d: %d requests, %v", status, len(server.received()), err)
		}
	}
}

func TestMaxRetriesLimitsRepeatsAndTheErrorCountsAttempts(t *testing.T) {
	for _, retries := range []int{0, 1, 4} {
		server := startFake(t, busy)
		err := recall(server.client(WithMaxRetries(retries)))
		var refused *APIError
		if !errors.As(err, &refused) || refused.Attempts != retries+1 || len(server.received()) != retries+1 {
			t.Errorf("%d retries: %d requests, %v", retries, len(server.received()), err)
		}
	}
}

func TestBrokenAndCutOffConnectionsAreRepeated(t *testing.T) {
	for name, failure := range map[string]http.HandlerFunc{"broken": broken, "cut off": cutOff} {
		server := startFake(t, failure, good)
		if err := recall(server.client()); err != nil || len(server.received()) != 2 {
			t.Errorf("%s: %d requests, %v", name, len(server.received()), err)
		}
		server = startFake(t, failure)
		err := recall(server.client(WithMaxRetries(1)))
		var failed *NetworkError
		if !errors.As(err, &failed) || failed.Attempts != 2 || failed.Timeout() {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestRefusedConnectionIsANetworkError(t *testing.T) {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	server := &fake{Server: &httptest.Server{URL: "http://" + listener.Addr().String()}}
	listener.Close()
	err := recall(server.client())
	var failed *NetworkError
	if !errors.As(err, &failed) || failed.Attempts != 3 || len(server.waits) != 2 {
		t.Errorf("got %v after %v", err, server.waits)
	}
}

func TestUntrustedCertificateIsNotRepeated(t *testing.T) {
	server := &fake{}
	server.Server = httptest.NewUnstartedServer(server.handler([]http.HandlerFunc{good}))
	server.Config.ErrorLog = silentLog
	server.StartTLS()
	defer server.Close()
	err := recall(server.client())
	var failed *NetworkError
	if !errors.As(err, &failed) || len(server.waits) != 0 {
		t.Errorf("got %v after %v", err, server.waits)
	}
	if err := recall(server.client(WithHTTPClient(server.Client()))); err != nil {
		t.Errorf("with the certificate trusted: %v", err)
	}
}

func TestPausesGrowWithJitterAndStayUnderTheirLimit(t *testing.T) {
	client := New()
	failure := &NetworkError{}
	for dice, share := range map[float64]float64{0: 0.5, 1: 1} {
		client.random = func() float64 { return dice }
		client.maxRetries = 100
		for attempts, full := range map[int]time.Duration{1: 500, 2: 1000, 3: 2000, 4: 4000, 5: 8000, 6: 8000, 99: 8000} {
			wait, again := client.pause(context.Background(), attempts, failure)
			if want := time.Duration(float64(full) * share * float64(time.Millisecond)); !again || wait != want {
				t.Errorf("pause after %d attempts with dice %v: %v, want %v", attempts, dice, wait, want)
			}
		}
	}
	client.random = random
	seen := map[time.Duration]bool{}
	for range 50 {
		wait, _ := client.pause(context.Background(), 1, failure)
		seen[wait] = true
	}
	if len(seen) < 40 {
		t.Errorf("50 pauses had %d lengths", len(seen))
	}
}

func TestRetryAfterIsHonouredInBothForms(t *testing.T) {
	// The server's clock is wrong by years; what counts is the time between its two dates.
	now := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	date := func(later time.Duration) []string {
		return []string{"Date", now.Format(http.TimeFormat), "Retry-After", now.Add(later).Format(http.TimeFormat)}
	}
	cases := []struct {
		name    string
		headers []string
		body    string
		want    time.Duration
	}{
		{"seconds", []string{"Retry-After", "7"}, `{}`, 7 * time.Second},
		{"zero", []string{"Retry-After", "0"}, `{}`, 0},
		{"a date", date(9 * time.Second), `{}`, 9 * time.Second},
		{"a date that has passed", date(-time.Hour), `{}`, 0},
		{"in the body alone", nil, `{"retryAfter":5}`, 5 * time.Second},
		{"in both", []string{"Retry-After", "7"}, `{"retryAfter":5}`, 7 * time.Second},
	}
	for _, each := range cases {
		server := startFake(t, answer(429, each.body, each.headers...), good)
		if err := recall(server.client()); err != nil {
			t.Errorf("%s: %v", each.name, err)
			continue
		}
		if wait := server.waits[0]; wait < each.want || wait > each.want+retryBase {
			t.Errorf("%s: waited %v, want %v and a little", each.name, wait, each.want)
		}
	}
	for _, nonsense := range []string{"soon", "-1", "1.5", "", "7, 8"} {
		server := startFake(t, answer(503, `{}`, "Retry-After", nonsense), good)
		if err := recall(server.client()); err != nil || server.waits[0] < retryBase/2 || server.waits[0] > retryBase {
			t.Errorf("%q: waited %v, %v", nonsense, server.waits, err)
		}
	}
}

func TestRetryAfterReallyPasses(t *testing.T) {
	server := startFake(t, answer(429, `{}`, "Retry-After", "1"), good)
	client := server.client()
	client.sleep = sleep
	start := time.Now()
	if err := recall(client); err != nil || time.Since(start) < time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

func TestLongRetryAfterIsLeftToTheCaller(t *testing.T) {
	for _, seconds := range []string{"3600", "99999999999999999999"} {
		server := startFake(t, answer(429, `{}`, "Retry-After", seconds), good)
		err := recall(server.client())
		var limited *RateLimitError
		if !errors.As(err, &limited) || limited.RetryAfter < time.Hour || len(server.received()) != 1 {
			t.Errorf("%s: %d requests, %v", seconds, len(server.received()), err)
		}
	}
}

func TestNoPauseGoesBeyondTheDeadline(t *testing.T) {
	server := startFake(t, answer(429, `{}`, "Retry-After", "30"), good)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := server.client().Recall(ctx, RecallRequest{})
	var limited *RateLimitError
	if !errors.As(err, &limited) || limited.RetryAfter != 30*time.Second || len(server.waits) != 0 {
		t.Errorf("got %v after %v", err, server.waits)
	}
}

func TestAttemptThatTakesTooLongIsRepeated(t *testing.T) {
	server := startFake(t, silent, good)
	if err := recall(server.client(WithTimeout(50 * time.Millisecond))); err != nil || len(server.received()) != 2 {
		t.Errorf("%d requests, %v", len(server.received()), err)
	}
	server = startFake(t, silent)
	err := recall(server.client(WithTimeout(50*time.Millisecond), WithMaxRetries(1)))
	var failed *NetworkError
	if !errors.As(err, &failed) || !failed.Timeout() || failed.Attempts != 2 {
		t.Errorf("got %v", err)
	}
}

func TestTimeoutCoversTheBodyOfTheAnswer(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("{"))
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	err := recall(startFake(t, slow).client(WithTimeout(50*time.Millisecond), WithMaxRetries(0)))
	var failed *NetworkError
	if !errors.As(err, &failed) || !failed.Timeout() {
		t.Errorf("got %v", err)
	}
}

func TestCallEndsWithItsContextAndIsNotRepeated(t *testing.T) {
	server := startFake(t, silent)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := server.client().Recall(ctx, RecallRequest{})
	if !errors.Is(err, context.DeadlineExceeded) || len(server.received()) != 1 {
		t.Errorf("%d requests, %v", len(server.received()), err)
	}
	var failed *NetworkError
	if errors.As(err, &failed) {
		t.Error("the caller's own deadline is no NetworkError")
	}
}

func TestContextThatEndsInAPauseGivesBothReasons(t *testing.T) {
	server := startFake(t, answer(429, `{"error":"rate_limited"}`, "Retry-After", "60"))
	client := server.client()
	client.sleep = sleep
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := client.Recall(ctx, RecallRequest{})
	var limited *RateLimitError
	if !errors.Is(err, context.Canceled) || !errors.As(err, &limited) {
		t.Errorf("got %v", err)
	}
}

func TestRepeatsOfAWriteCarryTheSameIdempotencyKeyAndBody(t *testing.T) {
	server := startFake(t, busy, broken, good)
	if err := remember(server.client()); err != nil {
		t.Fatal(err)
	}
	requests, keys := server.received(), server.keys()
	if len(keys) != 3 || keys[0] != keys[1] || keys[1] != keys[2] || requests[0].body != requests[2].body {
		t.Errorf("sent %v", requests)
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !uuid.MatchString(keys[0]) {
		t.Errorf("the key %q is no random UUID", keys[0])
	}
}

func TestEveryWriteHasAnIdempotencyKeyOfItsOwnAndNoReadHasOne(t *testing.T) {
	server := startFake(t, good)
	client, seen := server.client(), map[string]bool{}
	for range 2 {
		for _, each := range sdkOperations {
			callByEntry(t, client, each)
			requests := server.received()
			key := requests[len(requests)-1].header.Get("Idempotency-Key")
			if each.isWrite != (key != "") {
				t.Errorf("%s was sent with the Idempotency-Key %q", each.id, key)
			}
			if key != "" && seen[key] {
				t.Errorf("%s was sent with the key of another write", each.id)
			}
			seen[key] = true
		}
	}
}

func TestCallerMayNameAWrite(t *testing.T) {
	server := startFake(t, good)
	if err := remember(server.client(), WithIdempotencyKey("import-42")); err != nil {
		t.Fatal(err)
	}
	equal(t, "key", server.keys()[0], "import-42")
	var wrong *ConfigError
	if err := remember(server.client(), WithIdempotencyKey("two\nlines")); !errors.As(err, &wrong) {
		t.Errorf("got %v", err)
	}
	equal(t, "requests", len(server.received()), 1)
}

// callByEntry does one operation, with a value in each field that its path needs.
func callByEntry(t *testing.T, client *Client, each described) {
	t.Helper()
	request := each.request
	switch request.(type) {
	case ForgetRequest:
		request = ForgetRequest{Entity: "ada"}
	case EditMemoryRequest:
		request = EditMemoryRequest{MemoryID: "1"}
	case DeleteMemoryRequest:
		request = DeleteMemoryRequest{MemoryID: "1"}
	}
	if _, err := call[map[string]any](context.Background(), client, each.operation, request); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", each.id, err))
	}
}
