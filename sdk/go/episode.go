package pensyve

import (
	"context"
	"sync"
	"time"
)

// How long [Episode.End] may take when its context is over already.
const lateEndTimeout = 10 * time.Second

// Episode is one conversation or task, to which messages and observations belong. Start it with [Client.StartEpisode] and
// defer its [Episode.End].
type Episode struct {
	ID           string    `json:"episode_id"`
	Participants []string  `json:"participants"`
	StartedAt    time.Time `json:"started_at"`

	client *Client
	mutex  sync.Mutex
	ended  *EndedEpisode
}

// StartEpisode begins an episode.
//
//	episode, err := client.StartEpisode(ctx, pensyve.StartEpisodeRequest{Participants: []string{"user", "assistant"}})
//	if err != nil {
//		return err
//	}
//	defer episode.End(ctx)
func (c *Client) StartEpisode(ctx context.Context, request StartEpisodeRequest, options ...CallOption) (*Episode, error) {
	// The server wants a list, an empty one included.
	if request.Participants == nil {
		request.Participants = []string{}
	}
	episode, err := call[Episode](ctx, c, opEpisodeStart, request, options...)
	if err != nil {
		return nil, err
	}
	episode.client = c
	return episode, nil
}

// AddMessage adds what role said.
func (e *Episode) AddMessage(ctx context.Context, role, content string, options ...CallOption) (*AddedMessage, error) {
	request := AddMessageRequest{EpisodeID: e.ID, Role: role, Content: content}
	return e.client.AddMessage(ctx, request, options...)
}

// Observe records something; request.EpisodeID is this episode's, whatever it says.
func (e *Episode) Observe(ctx context.Context, request ObserveRequest, options ...CallOption) (*Observed, error) {
	request.EpisodeID = e.ID
	return e.client.Observe(ctx, request, options...)
}

// End ends the episode, with success when no outcome is given. It is made for defer: once it has succeeded, further calls
// return the same and send nothing, so an explicit End with another outcome wins over the deferred one; and when ctx is
// over already, because the work was cancelled, the episode is still ended, within ten seconds.
func (e *Episode) End(ctx context.Context, outcome ...Outcome) (*EndedEpisode, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.ended != nil {
		return e.ended, nil
	}
	if ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lateEndTimeout)
		defer cancel()
		ctx = late
	}
	request := EndEpisodeRequest{EpisodeID: e.ID}
	if len(outcome) > 0 {
		request.Outcome = outcome[0]
	}
	ended, err := e.client.EndEpisode(ctx, request)
	if err != nil {
		return nil, err
	}
	e.ended = ended
	return ended, nil
}
