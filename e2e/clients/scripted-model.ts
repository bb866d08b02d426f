import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** What the model does on its turn: calls a tool, or says something. */
export type Turn = { tool: string; input: Record<string, unknown> } | { say: string };

export type ScriptedModel = {
  url: string;
  /** All that the agent showed the model, as JSON: prompts, names of tools, results. */
  seen(): string;
  /** What tools answered, in order. */
  results(): string[];
  close(): void;
};

const askedFor = z.object({
  stream: z.boolean().optional(),
  tools: z.array(z.unknown()).optional(),
  messages: z.array(z.object({ content: z.unknown() })),
});
const toolResult = z.object({ type: z.literal("tool_result"), content: z.unknown() });

/**
 * Anthropic's Messages API on loopback, with a model that does what the test says, so that an agent can be driven without an
 * account. Everything else of the agent is real: its commands, its permissions, its tools and their connections. After the
 * last turn it says "done"; requests that offer no tools, such as for a title, do not count as turns.
 */
export async function scriptedModel(turns: readonly Turn[]): Promise<ScriptedModel> {
  const bodies: string[] = [];
  const left = [...turns];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (request.method !== "POST" || !request.url?.startsWith("/v1/messages?")) {
      response.writeHead(404).end();
      return;
    }
    bodies.push(body);
    const { stream, tools } = askedFor.parse(JSON.parse(body));
    answer(response, (tools?.length && left.shift()) || { say: "done" }, Boolean(stream));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => bodies.join("\n"),
    results: () => resultsIn(bodies.at(-1) ?? '{"messages":[]}'),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function resultsIn(body: string): string[] {
  const blocks = askedFor.parse(JSON.parse(body)).messages.flatMap(({ content }) => content);
  return blocks.flatMap((block) => {
    const result = toolResult.safeParse(block);
    return result.success ? [JSON.stringify(result.data.content)] : [];
  });
}

function answer(response: ServerResponse, turn: Turn, stream: boolean): void {
  const isCall = "tool" in turn;
  const stop = { stop_reason: isCall ? "tool_use" : "end_turn", stop_sequence: null };
  const usage = { input_tokens: 1, output_tokens: 1 };
  const block = isCall
    ? { type: "tool_use", id: `toolu_${crypto.randomUUID()}`, name: turn.tool, input: turn.input }
    : { type: "text", text: turn.say };
  const message = { id: "msg_scripted", type: "message", role: "assistant", model: "scripted", ...stop, usage };
  if (!stream) {
    response.setHeader("Content-Type", "application/json").end(JSON.stringify({ ...message, content: [block] }));
    return;
  }
  response.setHeader("Content-Type", "text/event-stream");
  const send = (type: string, data: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const [start, delta] = isCall
    ? [
        { ...block, input: {} },
        { type: "input_json_delta", partial_json: JSON.stringify(turn.input) },
      ]
    : [
        { type: "text", text: "" },
        { type: "text_delta", text: turn.say },
      ];
  send("message_start", { message: { ...message, stop_reason: null, content: [] } });
  send("content_block_start", { index: 0, content_block: start });
  send("content_block_delta", { index: 0, delta });
  send("content_block_stop", { index: 0 });
  send("message_delta", { delta: stop, usage });
  send("message_stop", {});
  response.end();
}
