package pensyve

import (
	"crypto/rand"
	"fmt"
)

// CallOption sets one thing about one write.
type CallOption func(*callSettings)

type callSettings struct {
	idempotencyKey string
}

// WithIdempotencyKey names this write, so that doing it again with the same name and the same input is the same write,
// even from another process or after a restart. Without it every call is a new one, and only its own repeats share a name.
func WithIdempotencyKey(key string) CallOption {
	return func(s *callSettings) { s.idempotencyKey = key }
}

// idempotencyKeyOf returns the name of one write: the caller's, or a new one.
func idempotencyKeyOf(op operation, options []CallOption) (string, error) {
	var s callSettings
	for _, set := range options {
		set(&s)
	}
	if !isVisible(s.idempotencyKey) {
		return "", &ConfigError{op.id + ": the Idempotency-Key holds a space or a character that headers cannot"}
	}
	if s.idempotencyKey != "" {
		return s.idempotencyKey, nil
	}
	return newUUID()
}

// newUUID returns a random UUID (RFC 9562 section 5.4).
func newUUID() (string, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("pensyve: no random numbers for an Idempotency-Key: %w", err)
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
