// Package pensyve is the client of Pensyve, memory for AI agents: remember, recall, inspect and forget, over REST.
//
//	client := pensyve.New(
//		pensyve.WithAPIKey("psy_your_key_here"),
//		pensyve.WithBaseURL("https://api.pensyve.com"),
//	)
//	found, err := client.Recall(ctx, pensyve.RecallRequest{Query: "dark mode"})
//
// What is not given comes from the environment: PENSYVE_API_KEY and PENSYVE_API_URL.
//
// A [Client] may be used by any number of goroutines. Every call takes a context and ends when that does; each attempt of
// a call also has a time limit of its own ([WithTimeout]). Rate limits, 502 to 504 and failures of the network are
// repeated after a pause ([WithMaxRetries]). Every write carries an Idempotency-Key that stays the same when it is
// repeated, so that a server which knows that header does not do it twice.
//
// Failures are types for [errors.As]: [UnauthorizedError], [ForbiddenError] (with the scope that would do),
// [NotFoundError] and [RateLimitError], each of which is an [APIError] too; [NetworkError] when no answer came,
// [DecodeError] when it was not one of Pensyve's, and [ConfigError] when nothing was sent.
package pensyve

// Version of this package, as it tells servers in the User-Agent header.
const Version = "0.1.0"
