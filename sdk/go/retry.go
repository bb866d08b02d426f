package pensyve

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	retryBase = 500 * time.Millisecond
	retryMax  = 8 * time.Second
	// A server that asks for more than this is not waited for: the caller decides.
	retryAfterMax = 2 * time.Minute
)

// pause returns how long to wait before attempt number attempts+1, or false when err is final.
func (c *Client) pause(ctx context.Context, attempts int, err error) (time.Duration, bool) {
	if attempts > c.maxRetries || !isPassing(err) {
		return 0, false
	}
	wait := time.Duration(float64(backoff(attempts)) * (0.5 + c.random()/2))
	var refused *APIError
	if errors.As(err, &refused) && refused.saysRetryAfter {
		if refused.RetryAfter > retryAfterMax {
			return 0, false
		}
		// Never sooner than asked, and not all at the same moment.
		wait = refused.RetryAfter + time.Duration(float64(retryBase)*c.random())
	}
	// Waiting past the deadline would only turn the server's answer into a bare "deadline exceeded".
	if deadline, limited := ctx.Deadline(); limited && time.Until(deadline) < wait {
		return 0, false
	}
	return wait, true
}

// isPassing says whether the same request may well succeed a little later.
func isPassing(err error) bool {
	var refused *APIError
	if errors.As(err, &refused) {
		switch refused.StatusCode {
		case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	var certificate *tls.CertificateVerificationError
	var failure *NetworkError
	return errors.As(err, &failure) && !errors.As(err, &certificate)
}

func backoff(attempts int) time.Duration {
	wait := retryBase
	for ; attempts > 1 && wait < retryMax; attempts-- {
		wait *= 2
	}
	return min(wait, retryMax)
}

// retryAfter reads both forms of the header (RFC 9110 section 10.2.3). A date counts from the server's own clock where it
// tells it, so that a wrong clock here does not matter.
func retryAfter(header http.Header) (time.Duration, bool) {
	given := strings.TrimSpace(header.Get("Retry-After"))
	if isDigits(given) {
		// Of digits alone, ParseFloat can only say "too large", and then gives infinity.
		seconds, _ := strconv.ParseFloat(given, 64)
		return secondsOf(seconds), true
	}
	at, err := http.ParseTime(given)
	if err != nil {
		return 0, false
	}
	now, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(at.Sub(now), 0), true
}

// secondsOf stops at a number that no one waits for, so that it cannot overflow.
func secondsOf(seconds float64) time.Duration {
	return time.Duration(min(seconds, 1<<31) * float64(time.Second))
}

func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// sleep waits, or returns the context's error when that ends first.
func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func random() float64 { return rand.Float64() }
