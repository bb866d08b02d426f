package pensyve

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Client speaks to one server with one key. Make it with [New].
type Client struct {
	address    string
	namespace  string
	timeout    time.Duration
	maxRetries int
	http       *http.Client

	answerBytesMax int64

	// The key lives in these two closures and nowhere else, so that printing a client cannot show it, whatever the verb.
	authorize func(http.Header)
	redact    func(string) string

	// Why nothing can be sent, and why nothing that needs a key can be.
	addressProblem error
	keyProblem     error

	// sleep and random are the clock and the dice of retries.
	sleep  func(context.Context, time.Duration) error
	random func() float64
}

// New makes a client. It never fails and sends nothing: a missing key or a wrong address is the error of the first call,
// a [ConfigError].
func New(options ...Option) *Client {
	s := settingsOf(options)
	client := &Client{
		namespace:  s.namespace,
		timeout:    s.timeout,
		maxRetries: s.maxRetries,
		http:       withoutRedirects(s.httpClient),

		answerBytesMax: answerBytesMax,

		sleep:  sleep,
		random: random,
	}
	key, problem := s.key()
	client.keyProblem = problem
	client.authorize = func(header http.Header) { header.Set("Authorization", "Bearer "+key) }
	client.redact = func(text string) string {
		if key == "" {
			return text
		}
		return strings.ReplaceAll(text, key, "[API key]")
	}
	client.address, client.addressProblem = s.address()
	return client
}

// InNamespace returns a client that differs in its namespace alone: the part of your memories that calls are about when
// they name none. Empty means the server's: writes to "default", reads of all.
func (c *Client) InNamespace(namespace string) *Client {
	other := *c
	other.namespace = namespace
	return &other
}

// String names the server, and never the key.
func (c *Client) String() string {
	return fmt.Sprintf("pensyve.Client(%s)", c.address)
}

// withoutRedirects copies a client so that a redirect is an answer. The API never redirects, and following one could
// carry the key to another host and turn a POST into a GET.
func withoutRedirects(given *http.Client) *http.Client {
	if given == nil {
		given = &http.Client{}
	}
	own := *given
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
