import type { ClientEntry } from "./client-entry.ts";
import { CHATGPT, CLAUDE_AI, CLAUDE_DESKTOP, HERMES, OPENCLAW, PENSYVE_PLUGINS } from "./clients/assistants.ts";
import {
  CLAUDE_CODE,
  CLAUDE_CODE_PLUGIN,
  CODEX,
  GEMINI_CLI,
  INSPECTOR,
  MCP_REMOTE,
  MCPORTER,
  OPENCODE,
  OPENCODE_2,
} from "./clients/command-line.ts";
import { CLINE, CONTINUE, CURSOR, VS_CODE, VS_CODE_EXTENSION, WINDSURF } from "./clients/editors.ts";
import { AUTOGEN, CREWAI, GOOGLE_ADK, LANGCHAIN, LANGCHAIN_JS, PYDANTIC_AI } from "./clients/frameworks.ts";
import { AMAZON_Q, JETBRAINS, KIRO, NEOVIM, OTHER, ZED } from "./clients/other-editors.ts";
import { CURL, GO, PYTHON, TYPESCRIPT } from "./clients/sdks.ts";

/** Every client that can be connected, in the order in which pages list them. */
export const CLIENTS: readonly ClientEntry[] = [
  CLAUDE_CODE,
  CURSOR,
  VS_CODE,
  CLINE,
  WINDSURF,
  CLAUDE_DESKTOP,
  CONTINUE,
  CODEX,
  GEMINI_CLI,
  OPENCODE,
  OPENCODE_2,
  CLAUDE_CODE_PLUGIN,
  VS_CODE_EXTENSION,
  CLAUDE_AI,
  CHATGPT,
  ZED,
  JETBRAINS,
  KIRO,
  AMAZON_Q,
  NEOVIM,
  OPENCLAW,
  HERMES,
  ...PENSYVE_PLUGINS,
  MCP_REMOTE,
  MCPORTER,
  INSPECTOR,
  TYPESCRIPT,
  PYTHON,
  GO,
  CURL,
  LANGCHAIN,
  LANGCHAIN_JS,
  CREWAI,
  AUTOGEN,
  GOOGLE_ADK,
  PYDANTIC_AI,
  OTHER,
];

export const CLIENT_IDS = CLIENTS.map(({ id }) => id);

/** The entry of an id; undefined where there is none. */
export function findClient(id: string): ClientEntry | undefined {
  return CLIENTS.find((entry) => entry.id === id);
}
