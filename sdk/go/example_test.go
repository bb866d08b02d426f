package pensyve_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/major7apps/pensyve/pensyve-go"
)

// The examples that call a server take it and the key from PENSYVE_API_URL and PENSYVE_API_KEY.

func ExampleNew() {
	client := pensyve.New(
		pensyve.WithAPIKey("psy_your_key_here"),
		pensyve.WithBaseURL("https://api.pensyve.com"),
	)
	fmt.Println(client)
	// Output: pensyve.Client(https://api.pensyve.com)
}

func ExampleNew_missingKey() {
	client := pensyve.New(pensyve.WithAPIKey(""), pensyve.WithBaseURL("https://api.pensyve.com"))
	_, err := client.Recall(context.Background(), pensyve.RecallRequest{Query: "dark mode"})
	fmt.Println(err)
	// Output: pensyve: no API key: give pensyve.WithAPIKey or set PENSYVE_API_KEY
}

func ExampleClient_Recall() {
	ctx := context.Background()
	client := pensyve.New(pensyve.WithNamespace("example"))
	fact := pensyve.RememberRequest{Entity: "ada", Fact: "prefers dark mode", Confidence: pensyve.Ptr(0.9)}
	if _, err := client.Remember(ctx, fact); err != nil {
		fmt.Println(err)
		return
	}
	found, err := client.Recall(ctx, pensyve.RecallRequest{Query: "dark mode", Entity: "ada", Limit: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, memory := range found.Memories {
		fmt.Println(memory.Content)
	}
	// Output: prefers dark mode
}

func ExampleClient_StartEpisode() {
	ctx := context.Background()
	client := pensyve.New(pensyve.WithNamespace("example"))
	episode, err := client.StartEpisode(ctx, pensyve.StartEpisodeRequest{Participants: []string{"user", "assistant"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer episode.End(ctx)

	episode.AddMessage(ctx, "user", "Which editor do I use?")
	episode.AddMessage(ctx, "assistant", "You use Neovim.")
	ended, err := episode.End(ctx, pensyve.Success) // the deferred End then does nothing
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ended.Outcome, ended.MemoriesCreated)
	// Output: success 2
}

func ExampleUnauthorizedError() {
	client := pensyve.New(pensyve.WithAPIKey("psy_wrong"))
	_, err := client.Recall(context.Background(), pensyve.RecallRequest{Query: "dark mode"})
	var unauthorized *pensyve.UnauthorizedError
	var forbidden *pensyve.ForbiddenError
	var limited *pensyve.RateLimitError
	switch {
	case errors.As(err, &unauthorized):
		fmt.Println("the key is wrong:", unauthorized.Code)
	case errors.As(err, &forbidden):
		fmt.Println("the key needs the scope", forbidden.Scope)
	case errors.As(err, &limited):
		fmt.Println("try again in", limited.RetryAfter)
	}
	// Output: the key is wrong: invalid_token
}
