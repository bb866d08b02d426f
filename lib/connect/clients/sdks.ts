import { type ClientEntry, noBrowser } from "../client-entry.ts";
import { command, keyInShell, keyVariable, terminal } from "../shell.ts";
import type { Format, Snippet, SnippetInput } from "../snippet.ts";

const CHECKED = "2026-11-24";
const GROUP = "SDKs and REST";

/** A part of a program; the clients of Pensyve read the key from its variable. */
function code(input: SnippetInput, format: Format, lines: readonly string[], before: string): Snippet {
  const environment = keyVariable(input);
  return { kind: "code", format, text: lines.join("\n"), environment, before, notes: [] };
}

export const TYPESCRIPT: ClientEntry = {
  id: "typescript",
  label: "TypeScript",
  group: GROUP,
  seenAs: ["pensyve-ts", "pensyve", "node"],
  source: { url: "sdk/typescript/README.md", checkedOn: CHECKED },
  oauth: noBrowser("The TypeScript SDK"),
  key: (input) =>
    code(
      input,
      "typescript",
      [
        'import { Pensyve } from "pensyve";',
        "",
        `const p = new Pensyve({ baseUrl: "${input.apiUrl}", apiKey: process.env["PENSYVE_API_KEY"] });`,
        'const { memories } = await p.recall("user preferences");',
      ],
      "First `npm install pensyve`.",
    ),
};

export const PYTHON: ClientEntry = {
  id: "python",
  label: "Python",
  group: GROUP,
  seenAs: ["pensyve", "python-httpx"],
  source: { url: "sdk/python/README.md", checkedOn: CHECKED },
  oauth: noBrowser("The Python SDK"),
  key: (input) =>
    code(
      input,
      "python",
      [
        "import os",
        "",
        "import pensyve",
        "",
        "p = pensyve.Pensyve(",
        `    api_url="${input.apiUrl}",`,
        '    api_key=os.environ["PENSYVE_API_KEY"],',
        ")",
        'found = p.recall("user preferences")',
      ],
      "First `pip install pensyve`.",
    ),
};

export const GO: ClientEntry = {
  id: "go",
  label: "Go",
  group: GROUP,
  seenAs: ["pensyve-go", "pensyve", "go-http-client"],
  source: { url: "sdk/go/README.md", checkedOn: CHECKED },
  oauth: noBrowser("The Go SDK"),
  key: (input) =>
    code(
      input,
      "go",
      [
        "package main",
        "",
        "import (",
        '\t"context"',
        '\t"fmt"',
        '\t"log"',
        '\t"os"',
        "",
        '\t"github.com/major7apps/pensyve/pensyve-go"',
        ")",
        "",
        "func main() {",
        "\tclient := pensyve.New(",
        '\t\tpensyve.WithAPIKey(os.Getenv("PENSYVE_API_KEY")),',
        `\t\tpensyve.WithBaseURL("${input.apiUrl}"),`,
        "\t)",
        '\tfound, err := client.Recall(context.Background(), pensyve.RecallRequest{Query: "user preferences"})',
        "\tif err != nil {",
        "\t\tlog.Fatal(err)",
        "\t}",
        "\tfmt.Println(len(found.Memories))",
        "}",
      ],
      "First `go get github.com/major7apps/pensyve/pensyve-go`.",
    ),
};

export const CURL: ClientEntry = {
  id: "curl",
  label: "curl",
  group: GROUP,
  seenAs: ["curl"],
  source: { url: "https://everything.curl.dev/http/post/", checkedOn: CHECKED },
  oauth: noBrowser("curl"),
  key: (input) =>
    terminal(
      input.system,
      `${keyVariable(input).text}\n${command(input.system, [
        // In PowerShell `curl` alone can be another command.
        `${input.system === "windows" ? "curl.exe" : "curl"} ${input.apiUrl}/v1/recall`,
        `-H "Authorization: Bearer ${keyInShell(input.system)}"`,
        '-H "Content-Type: application/json"',
        `-d '{"query": "user preferences"}'`,
      ])}`,
      input.system === "windows"
        ? { notes: ['In Windows PowerShell 5 write \\" for each " of the body; PowerShell 7 takes it as it stands.'] }
        : {},
    ),
};
