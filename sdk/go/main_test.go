package pensyve

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The tests run against a started server of this repository and against small fake ones. Where the former cannot be
// started they are skipped and say why, unless PENSYVE_TEST_SERVER=required makes that a failure.

const testServerProgram = "../test-server.ts"

// testServer is a running server with a key for each scope.
type testServer struct {
	URL  string            `json:"url"`
	Keys map[string]string `json:"keys"`

	stop func()
}

var (
	theServer  *testServer
	whyNoneYet error
)

func TestMain(m *testing.M) {
	os.Unsetenv("PENSYVE_API_KEY")
	os.Unsetenv("PENSYVE_API_URL")
	theServer, whyNoneYet = startTestServer()
	if whyNoneYet != nil {
		fmt.Fprintln(os.Stderr, "Tests against the started server are skipped:", whyNoneYet)
		if os.Getenv("PENSYVE_TEST_SERVER") == "required" {
			os.Exit(1)
		}
	}
	stop := serveExamples()
	code := m.Run()
	stop()
	os.Exit(code)
}

// live returns the started server, or skips the test.
func live(t *testing.T) *testServer {
	t.Helper()
	if theServer == nil {
		t.Skip("no started server:", whyNoneYet)
	}
	return theServer
}

func (s *testServer) client(scope string, options ...Option) *Client {
	return New(append([]Option{WithAPIKey(s.Keys[scope]), WithBaseURL(s.URL)}, options...)...)
}

// serveExamples gives the examples a server through the environment: the started one, or else one with fixed answers.
func serveExamples() (stop func()) {
	if theServer != nil {
		os.Setenv("PENSYVE_API_KEY", theServer.Keys["mcp"])
		os.Setenv("PENSYVE_API_URL", theServer.URL)
		return theServer.stop
	}
	fixed := httptest.NewServer(http.HandlerFunc(answerExamples))
	os.Setenv("PENSYVE_API_KEY", "psy_of_the_examples")
	os.Setenv("PENSYVE_API_URL", fixed.URL)
	return fixed.Close
}

func answerExamples(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Header.Get("Authorization") == "Bearer psy_wrong":
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"error":"invalid_token","message":"The credential is not valid."}`)
	case r.URL.Path == "/v1/remember":
		io.WriteString(w, `{"id":"1","content":"prefers dark mode"}`)
	case r.URL.Path == "/v1/recall":
		io.WriteString(w, `{"memories":[{"id":"1","content":"prefers dark mode"}]}`)
	case r.URL.Path == "/v1/episodes/end":
		io.WriteString(w, `{"outcome":"success","memories_created":2}`)
	default:
		io.WriteString(w, `{}`)
	}
}

// startTestServer runs the server's own program, which lives as long as its standard input is open.
func startTestServer() (*testServer, error) {
	if _, err := os.Stat(testServerProgram); err != nil {
		return nil, fmt.Errorf("%s is not here; it is in the server's repository", testServerProgram)
	}
	node, err := findNode()
	if err != nil {
		return nil, err
	}
	command := exec.Command(node, testServerProgram)
	command.Stderr = os.Stderr
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	server := &testServer{stop: func() {
		input.Close()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			command.Process.Kill()
		}
	}}
	line := make(chan string, 1)
	go func() {
		said, _ := bufio.NewReader(output).ReadString('\n')
		line <- said
		command.Wait()
		close(ended)
	}()
	select {
	case said := <-line:
		if err := json.Unmarshal([]byte(said), server); err != nil {
			server.stop()
			return nil, fmt.Errorf("%s did not say where it serves: %q", testServerProgram, said)
		}
		return server, nil
	case <-time.After(2 * time.Minute):
		command.Process.Kill()
		return nil, fmt.Errorf("%s did not start within two minutes", testServerProgram)
	}
}

// findNode prefers the Node.js that the repository installs for itself.
func findNode() (string, error) {
	const newEnough = 22
	own, _ := filepath.Abs("../../node_modules/.bin/node")
	problem := fmt.Errorf("Node.js %d or newer is not installed", newEnough)
	for _, candidate := range []string{own, "node"} {
		path, err := exec.LookPath(candidate)
		if err != nil {
			continue
		}
		said, err := exec.Command(path, "--version").Output()
		if err != nil {
			continue
		}
		major, _, _ := strings.Cut(strings.TrimPrefix(string(said), "v"), ".")
		if number, err := strconv.Atoi(major); err == nil && number >= newEnough {
			return path, nil
		}
		problem = fmt.Errorf("Node.js %d or newer is needed, and %s is %s", newEnough, path, strings.TrimSpace(string(said)))
	}
	return "", problem
}
