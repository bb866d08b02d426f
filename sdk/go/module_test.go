package pensyve

import (
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// A program of the README, and what the README says that it prints.
var readmeProgram = regexp.MustCompile("(?s)```go\n(package main\n.*?)```\n.*?```text\n(.*?)```")

// Lines of the README that belong into a program of the reader's.
var readmeLines = regexp.MustCompile("(?s)```go\n(client := .*?)```")

const aroundLines = `package main

import (
	"fmt"

	"github.com/major7apps/pensyve/pensyve-go"
)

func main() {
	%s
	fmt.Println(client)
}
`

func TestProgramsOfTheReadmeRunInAnEmptyModuleAndPrintWhatItSays(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	readme := string(must(os.ReadFile("README.md")))
	programs := readmeProgram.FindAllStringSubmatch(readme, -1)
	for _, lines := range readmeLines.FindAllStringSubmatch(readme, -1) {
		whole := fmt.Sprintf(aroundLines, lines[1])
		programs = append(programs, []string{lines[0], whole, "pensyve.Client(https://api.pensyve.com)\n"})
	}
	if len(programs) < 4 || len(programs) != strings.Count(readme, "```go\n") {
		t.Fatalf("found %d of the README's blocks of Go", len(programs))
	}
	here := must(filepath.Abs("."))
	for i, program := range programs {
		empty := t.TempDir()
		// Nothing is downloaded: the module needs the standard library alone.
		goTool := func(arguments ...string) string {
			command := exec.Command("go", arguments...)
			command.Dir = empty
			command.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=-buildvcs=false")
			output, err := command.CombinedOutput()
			if err != nil {
				t.Fatalf("program %d: go %v: %v\n%s", i+1, arguments, err, output)
			}
			return string(output)
		}
		goTool("mod", "init", "example.org/empty")
		goTool("mod", "edit", "-require=github.com/major7apps/pensyve/pensyve-go@v"+Version, "-replace=github.com/major7apps/pensyve/pensyve-go="+here)
		if err := os.WriteFile(filepath.Join(empty, "main.go"), []byte(program[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		goTool("vet", ".")
		goTool("build", "-o", "program", ".")
		run := exec.Command(filepath.Join(empty, "program"))
		output, err := run.CombinedOutput()
		if err != nil || string(output) != program[2] {
			t.Errorf("program %d: %v, printed %q, want %q", i+1, err, output, program[2])
		}
	}
}

func TestReadmeNamesEveryMethodOptionAndErrorType(t *testing.T) {
	readme := string(must(os.ReadFile("README.md")))
	names := []string{
		"WithAPIKey", "WithBaseURL", "WithNamespace", "WithTimeout", "WithMaxRetries", "WithHTTPClient", "WithIdempotencyKey",
		"APIError", "UnauthorizedError", "ForbiddenError", "NotFoundError", "RateLimitError", "NetworkError", "DecodeError", "ConfigError",
	}
	client := reflect.TypeOf(&Client{})
	for i := range client.NumMethod() {
		if name := client.Method(i).Name; name != "String" {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(readme) {
			t.Errorf("the README does not name %s", name)
		}
	}
}

func TestSourcesAreFormatted(t *testing.T) {
	for _, name := range must(filepath.Glob("*.go")) {
		source := must(os.ReadFile(name))
		if formatted, err := format.Source(source); err != nil || string(formatted) != string(source) {
			t.Errorf("%s: run gofmt -w", name)
		}
	}
}

func TestChangelogHasThisVersion(t *testing.T) {
	if !strings.Contains(string(must(os.ReadFile("CHANGELOG.md"))), fmt.Sprintf("## [%s]", Version)) {
		t.Errorf("no entry for %s", Version)
	}
}
