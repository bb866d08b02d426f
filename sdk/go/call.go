package pensyve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
)

// The longest answer that is read. Far more than any the server gives.
const answerBytesMax = 64 << 20

var errTooLong = errors.New("it is longer than any answer of Pensyve's")

var userAgent = fmt.Sprintf("pensyve-go/%s (%s; %s)", Version, runtime.Version(), runtime.GOOS)

// message is one request, the same at each attempt.
type message struct {
	operation      operation
	url            string
	body           []byte
	idempotencyKey string
}

// call does one operation and decodes its answer. input is a request type or nil.
func call[Answer any](ctx context.Context, c *Client, op operation, input any, options ...CallOption) (*Answer, error) {
	if c.addressProblem != nil {
		return nil, c.addressProblem
	}
	if c.keyProblem != nil && !op.isPublic {
		return nil, c.keyProblem
	}
	request, err := c.messageFor(op, input, options)
	if err != nil {
		return nil, err
	}
	var answer Answer
	if err := c.send(ctx, request, &answer); err != nil {
		return nil, err
	}
	return &answer, nil
}

// messageFor puts the fields of input where the operation has them: those its path names into the path, the others into
// the body, or into the query of a method without one.
func (c *Client) messageFor(op operation, input any, options []CallOption) (message, error) {
	result := message{operation: op}
	fields, err := fieldsOf(input)
	if err != nil {
		return result, fmt.Errorf("pensyve: %s: %w", op.id, err)
	}
	if _, named := fields["namespace"]; op.hasNamespace && !named && c.namespace != "" {
		fields["namespace"], _ = json.Marshal(c.namespace)
	}
	path, err := fillPath(op, fields)
	if err != nil {
		return result, err
	}
	result.url = c.address + path
	if op.hasBody() {
		result.body, err = json.Marshal(fields)
	} else if query := queryOf(fields); query != "" {
		result.url += "?" + query
	}
	if err != nil {
		return result, fmt.Errorf("pensyve: %s: %w", op.id, err)
	}
	if op.isWrite {
		result.idempotencyKey, err = idempotencyKeyOf(op, options)
	}
	return result, err
}

// send repeats a message until it is answered for good. A write is repeated only because it carries an Idempotency-Key,
// which messageFor has seen to.
func (c *Client) send(ctx context.Context, request message, answer any) error {
	for attempts := 1; ; attempts++ {
		err := c.attempt(ctx, request, attempts, answer)
		if err == nil {
			return nil
		}
		wait, again := c.pause(ctx, attempts, err)
		if !again {
			return err
		}
		if ended := c.sleep(ctx, wait); ended != nil {
			return fmt.Errorf("pensyve: %s: %w while waiting to repeat it after: %w", request.operation.id, ended, err)
		}
	}
}

func (c *Client) attempt(ctx context.Context, request message, attempts int, answer any) error {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if c.timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, c.timeout)
	}
	defer cancel()
	response, body, err := c.exchange(limited, request)
	if err != nil {
		if limited.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("nothing within %s: %w", c.timeout, context.DeadlineExceeded)
		}
		return c.noAnswer(ctx, request.operation, attempts, err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return c.refusal(request.operation, attempts, response, body)
	}
	err = errTooLong
	if int64(len(body)) <= c.answerBytesMax {
		err = json.Unmarshal(body, answer)
	}
	if err != nil {
		return &DecodeError{
			Operation:   request.operation.id,
			StatusCode:  response.StatusCode,
			ContentType: response.Header.Get("Content-Type"),
			Err:         err,
		}
	}
	return nil
}

// exchange sends once and reads the whole answer, or one byte more than the longest that counts.
func (c *Client) exchange(ctx context.Context, request message) (*http.Response, []byte, error) {
	var content io.Reader
	if request.body != nil {
		content = bytes.NewReader(request.body)
	}
	outgoing, err := http.NewRequestWithContext(ctx, request.operation.method, request.url, content)
	if err != nil {
		return nil, nil, err
	}
	outgoing.Header.Set("Accept", "application/json")
	outgoing.Header.Set("User-Agent", userAgent)
	if request.body != nil {
		outgoing.Header.Set("Content-Type", "application/json")
	}
	if request.idempotencyKey != "" {
		outgoing.Header.Set("Idempotency-Key", request.idempotencyKey)
	}
	if !request.operation.isPublic {
		c.authorize(outgoing.Header)
	}
	response, err := c.http.Do(outgoing)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.answerBytesMax+1))
	return response, body, err
}

// noAnswer is the error of an attempt that got none. When the caller's own context has ended there is no more to it.
func (c *Client) noAnswer(ctx context.Context, op operation, attempts int, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("pensyve: %s: %w", op.id, ended)
	}
	return &NetworkError{Operation: op.id, Attempts: attempts, Err: err, text: c.redact(err.Error())}
}

// refusal is the error for an answer other than success, as its type.
func (c *Client) refusal(op operation, attempts int, response *http.Response, body []byte) error {
	said := map[string]any{}
	// A proxy may answer anything; what is not JSON leaves said empty.
	_ = json.Unmarshal(body, &said)
	refused := &APIError{
		Operation:  op.id,
		StatusCode: response.StatusCode,
		Code:       c.redact(textOf(said, "error")),
		Message:    c.redact(firstOf(textOf(said, "message"), textOf(said, "detail"), plainText(response, body))),
		RequestID:  c.redact(firstOf(textOf(said, "request_id"), response.Header.Get("X-Request-Id"))),
		Attempts:   attempts,
	}
	refused.RetryAfter, refused.saysRetryAfter = retryAfter(response.Header)
	if seconds, isNumber := said["retryAfter"].(float64); isNumber && !refused.saysRetryAfter && seconds >= 0 {
		refused.RetryAfter, refused.saysRetryAfter = secondsOf(seconds), true
	}
	switch response.StatusCode {
	case http.StatusUnauthorized:
		return &UnauthorizedError{refused}
	case http.StatusForbidden:
		scope := firstOf(neededScope(response.Header.Values("WWW-Authenticate")), textOf(said, "scope"), scopeInText(refused))
		return &ForbiddenError{APIError: refused, Scope: c.redact(scope)}
	case http.StatusNotFound:
		return &NotFoundError{refused}
	case http.StatusTooManyRequests:
		return &RateLimitError{refused}
	default:
		return refused
	}
}

// plainText is what people may read in an answer that is not Pensyve's: where it redirects to, or its short text.
func plainText(response *http.Response, body []byte) string {
	if to := response.Header.Get("Location"); to != "" && response.StatusCode < 400 {
		return "redirects to " + to + "; give that server as the base URL"
	}
	isText := strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain")
	text := strings.TrimSpace(string(body))
	if !isText || text == "" {
		return http.StatusText(response.StatusCode)
	}
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}

func fieldsOf(input any) (map[string]json.RawMessage, error) {
	fields := map[string]json.RawMessage{}
	if input == nil {
		return fields, nil
	}
	encoded, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	return fields, json.Unmarshal(encoded, &fields)
}

// fillPath takes the fields that the operation's path names out of fields and into it. An empty one would be another address.
func fillPath(op operation, fields map[string]json.RawMessage) (string, error) {
	segments := strings.Split(op.path, "/")
	for i, segment := range segments {
		name, isField := strings.CutPrefix(segment, "{")
		if !isField {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		value := asText(fields[name])
		if value == "" {
			return "", &ConfigError{op.id + ": " + name + " is empty"}
		}
		segments[i] = escapeSegment(value)
		delete(fields, name)
	}
	return strings.Join(segments, "/"), nil
}

// escapeSegment also hides "." and "..", which would otherwise mean another path.
func escapeSegment(text string) string {
	if text == "." || text == ".." {
		return strings.ReplaceAll(text, ".", "%2E")
	}
	return url.PathEscape(text)
}

func queryOf(fields map[string]json.RawMessage) string {
	query := url.Values{}
	for name, value := range fields {
		query.Set(name, asText(value))
	}
	return query.Encode()
}

// asText is a JSON string's text. Other values are not sent in paths and queries.
func asText(value json.RawMessage) string {
	var text string
	_ = json.Unmarshal(value, &text)
	return text
}

func textOf(fields map[string]any, name string) string {
	text, _ := fields[name].(string)
	return text
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
