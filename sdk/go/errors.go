package pensyve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// ConfigError says what is missing or wrong in what [New] was given. Nothing was sent.
type ConfigError struct {
	Problem string
}

func (e *ConfigError) Error() string { return "pensyve: " + e.Problem }

var (
	// ErrMissingAPIKey is the error of calls that need a key when there is none.
	ErrMissingAPIKey = &ConfigError{"no API key: give pensyve.WithAPIKey or set PENSYVE_API_KEY"}
	// ErrMissingBaseURL is the error of calls when no server is known.
	ErrMissingBaseURL = &ConfigError{"no server: give pensyve.WithBaseURL or set PENSYVE_API_URL"}
)

// APIError is an answer of the server that is not success. The more telling types below hold one, so errors.As finds it
// in each of them.
type APIError struct {
	// Operation is the name in the server's OpenAPI document, such as "recall".
	Operation  string
	StatusCode int
	// Code is for programs: "invalid_token". Empty when the answer was not one of Pensyve's.
	Code string
	// Message is for people: what is wrong and what to do next.
	Message string
	// RequestID is what the server's operator finds the request by.
	RequestID string
	// RetryAfter is how long the server asks to wait, zero when it does not say.
	RetryAfter time.Duration
	// Attempts is how often the call was sent, this time included.
	Attempts int

	saysRetryAfter bool
}

func (e *APIError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "pensyve: %s: HTTP %d", e.Operation, e.StatusCode)
	if e.Code != "" {
		text.WriteString(" " + e.Code)
	}
	if e.Message != "" {
		text.WriteString(": " + e.Message)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&text, " (%d attempts)", e.Attempts)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&text, " (request %s)", e.RequestID)
	}
	return text.String()
}

// UnauthorizedError is status 401: the key is wrong, expired or revoked.
type UnauthorizedError struct{ *APIError }

// Unwrap makes it an [APIError] for errors.As.
func (e *UnauthorizedError) Unwrap() error { return e.APIError }

// ForbiddenError is status 403: the key is good, and may not do this.
type ForbiddenError struct {
	*APIError
	// Scope is the one that would do, such as "mcp:write". Empty when it was refused for another reason.
	Scope string
}

func (e *ForbiddenError) Error() string {
	text := e.APIError.Error()
	if e.Scope == "" || strings.Contains(e.Message, e.Scope) {
		return text
	}
	return fmt.Sprintf("%s (needs the scope %s)", text, e.Scope)
}

// Unwrap makes it an [APIError] for errors.As.
func (e *ForbiddenError) Unwrap() error { return e.APIError }

// NotFoundError is status 404: it does not exist, or is not yours.
type NotFoundError struct{ *APIError }

// Unwrap makes it an [APIError] for errors.As.
func (e *NotFoundError) Unwrap() error { return e.APIError }

// RateLimitError is status 429, after the retries. RetryAfter says how long to wait.
type RateLimitError struct{ *APIError }

// Unwrap makes it an [APIError] for errors.As.
func (e *RateLimitError) Unwrap() error { return e.APIError }

// NetworkError is a call without an answer: no connection, a connection that broke, or an attempt that took longer than
// [WithTimeout] allows. When the caller's own context ended, the error wraps the context's instead.
type NetworkError struct {
	Operation string
	// Attempts is how often the call was sent.
	Attempts int
	Err      error

	text string
}

func (e *NetworkError) Error() string {
	attempts := ""
	if e.Attempts > 1 {
		attempts = fmt.Sprintf(" (%d attempts)", e.Attempts)
	}
	return fmt.Sprintf("pensyve: %s: no answer: %s%s", e.Operation, e.text, attempts)
}

// Unwrap returns what failed.
func (e *NetworkError) Unwrap() error { return e.Err }

// Timeout says whether the attempt took too long, rather than failed.
func (e *NetworkError) Timeout() bool {
	var failure net.Error
	return errors.Is(e.Err, context.DeadlineExceeded) || (errors.As(e.Err, &failure) && failure.Timeout())
}

// DecodeError is a successful answer that is not what Pensyve answers: most often the address of something else.
type DecodeError struct {
	Operation   string
	StatusCode  int
	ContentType string
	Err         error
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("pensyve: %s: HTTP %d, but the body (%s) is not Pensyve's; check the base URL: %v",
		e.Operation, e.StatusCode, e.ContentType, e.Err)
}

// Unwrap returns what failed.
func (e *DecodeError) Unwrap() error { return e.Err }
