import type { Method, Operation } from "#lib/gateway/operation.ts";
import { memoryStore } from "#lib/memory/store.ts";

export type ExampleRequest = {
  /** One for each route of the operation, parameters filled in. */
  requests: { method: Method; path: string }[];
  parameters: Record<string, string>;
  /** Undefined where there is no body. */
  body: Record<string, unknown> | undefined;
};

/**
 * A request that succeeds, for any operation of the registry: what it needs to exist is made for `ownerId` first.
 * For tests that go through all operations; a new operation without an example fails them.
 */
export async function exampleRequest(operation: Operation, ownerId: string): Promise<ExampleRequest> {
  const owner = { userId: ownerId, writtenBy: ownerId };
  const store = memoryStore();
  const parameters: Record<string, string> = {};
  const body = BODIES[operation.name];
  if (!body) throw new Error(`Give ${operation.name} an example in example-requests.ts.`);
  await store.createEntity(owner, { name: "example", kind: "agent" });
  const filled = { ...body };
  const wants = (name: string): boolean =>
    name in filled || operation.routes.some(({ path }) => path.includes(`{${name}`));
  if (wants("entity")) parameters["entity"] = "example";
  if (wants("episode_id")) parameters["episode_id"] = (await store.startEpisode(owner, { participants: [] })).id;
  if (wants("memory_id")) {
    const { id } = await store.remember(owner, { entity: "example", fact: "is remembered", confidence: 1 });
    parameters["memory_id"] = id;
  }
  const requests = operation.routes.map(({ method, path }) => ({ method, path: fill(path, parameters) }));
  if (operation.name === "delete_all_memories")
    for (const request of requests) request.path += "?confirm=delete-all-memories";
  for (const name of Object.keys(filled)) if (name in parameters) filled[name] = parameters[name];
  const hasBody = operation.routes.some(({ method }) => method === "POST" || method === "PATCH");
  return { requests, parameters, body: hasBody ? filled : undefined };
}

/** Ids stand here as empty texts and are filled in. */
const BODIES: Record<string, Record<string, unknown>> = {
  recall: { query: "example" },
  recall_grouped: { query: "example" },
  inspect: { entity: "" },
  status: {},
  account: {},
  remember: { entity: "", fact: "is an example" },
  observe: { episode_id: "", content: "said hello", source_entity: "user", about_entity: "example" },
  episode_start: { participants: ["user", "assistant"] },
  episode_message: { episode_id: "", role: "user", content: "hello" },
  episode_end: { episode_id: "" },
  create_entity: { name: "example" },
  get_entity: { name: "example" },
  forget: {},
  edit_memory: { content: "is edited" },
  delete_memory: {},
  delete_all_memories: {},
  me: {},
  health: {},
};

function fill(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\+?\}/g, (_match, name: string) => encodeURIComponent(parameters[name] ?? ""));
}
