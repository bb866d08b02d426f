package pensyve

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	defaultTimeout    = 30 * time.Second
	defaultMaxRetries = 2
)

// Option sets one thing about a [Client].
type Option func(*settings)

type settings struct {
	// nil: not given, so the environment decides.
	apiKey     *string
	baseURL    *string
	namespace  string
	timeout    time.Duration
	maxRetries int
	httpClient *http.Client
}

// WithAPIKey sets the API key (or access token). Without it the key is that in PENSYVE_API_KEY.
func WithAPIKey(key string) Option {
	return func(s *settings) { s.apiKey = &key }
}

// WithBaseURL sets the address of the server, such as https://api.pensyve.com. Without it the address is that in
// PENSYVE_API_URL. It may hold a path, and no query, fragment or password.
func WithBaseURL(address string) Option {
	return func(s *settings) { s.baseURL = &address }
}

// WithNamespace sets the part of your memories that calls are about when they name none. Without it, writes go to the
// server's namespace "default" and reads see all of them.
func WithNamespace(namespace string) Option {
	return func(s *settings) { s.namespace = namespace }
}

// WithTimeout limits each attempt of a call, from connecting to the last byte of the answer; 30 s when not given. Zero
// means no limit. A whole call, pauses and repeats included, is limited by its context.
func WithTimeout(limit time.Duration) Option {
	return func(s *settings) { s.timeout = limit }
}

// WithMaxRetries sets how often a call is repeated at most; 2 when not given. Zero means never.
func WithMaxRetries(retries int) Option {
	return func(s *settings) { s.maxRetries = retries }
}

// WithHTTPClient sends calls through a copy of client, for a transport, proxy or certificates of your own. The copy
// follows no redirect, because that could carry the key elsewhere.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) { s.httpClient = client }
}

func settingsOf(options []Option) settings {
	s := settings{timeout: defaultTimeout, maxRetries: defaultMaxRetries}
	for _, set := range options {
		set(&s)
	}
	return s
}

// key returns the key to send, or why there is none. What is wrong with a key is said without showing it.
func (s settings) key() (string, error) {
	key := strings.TrimSpace(givenOr(s.apiKey, "PENSYVE_API_KEY"))
	if key == "" {
		return "", ErrMissingAPIKey
	}
	if !isVisible(key) {
		return "", &ConfigError{"the API key holds a space or another character that no key has; copy it again"}
	}
	return key, nil
}

// isVisible says whether text is of visible ASCII characters alone, as header values must be.
func isVisible(text string) bool {
	for _, char := range []byte(text) {
		if char <= ' ' || char > '~' {
			return false
		}
	}
	return true
}

// address returns the base URL without a slash at its end, or why there is none.
func (s settings) address() (string, error) {
	given := strings.TrimSpace(givenOr(s.baseURL, "PENSYVE_API_URL"))
	if given == "" {
		return "", ErrMissingBaseURL
	}
	parsed, err := url.Parse(given)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "https" && parsed.Scheme != "http") {
		return "", &ConfigError{"the base URL is not an address like https://api.pensyve.com"}
	}
	if parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", &ConfigError{"the base URL holds a password, a query or a fragment; give the address alone"}
	}
	return strings.TrimRight(parsed.String(), "/?#"), nil
}

func givenOr(given *string, variable string) string {
	if given != nil {
		return *given
	}
	return os.Getenv(variable)
}
