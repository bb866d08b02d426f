import { z } from "zod";
import { DomainError } from "#lib/errors.ts";
import { given, namespace, namespaceToWrite, optionalBoolean, optionalText, text } from "#lib/gateway/input.ts";
import { defineOperation } from "#lib/gateway/operation.ts";
import { count, id } from "#lib/gateway/output.ts";
import type { Entity } from "#lib/memory/memory-store.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { ENTITY_KINDS, entityKind } from "#lib/memory/vocabulary.ts";
import { ownerOf } from "./owner.ts";

const entityInput = z.object({ name: text, kind: optionalText, namespace: namespaceToWrite });
const entityOutput = z.object({ id, name: z.string(), kind: z.enum(ENTITY_KINDS) });
const entitiesRoute = { method: "POST", path: "/v1/entities" } as const;

export const createEntity = defineOperation({
  name: "create_entity",
  summary: "Create an entity, or get the existing one",
  access: "write",
  run: async (principal, input, tx) => {
    const { entity } = await memoryStore().createEntity(ownerOf(principal, tx), {
      name: input.name,
      kind: entityKind(input.kind),
      namespace: given(input.namespace),
    });
    return entity;
  },
  rest: {
    routes: [entitiesRoute],
    input: entityInput,
    status: 201,
    output: entityOutput,
    body: shown,
    subject: ({ id }) => id,
  },
});

/**
 * Shares its route with {@link createEntity} and serves those who may only read: clients whose constructor asks for the
 * entity then work with a read-only key, as long as it exists.
 */
export const getEntity = defineOperation({
  name: "get_entity",
  summary: "Get an existing entity",
  access: "read",
  run: async (principal, input) => {
    const entity = await memoryStore().findEntity(ownerOf(principal), {
      name: input.name,
      namespace: given(input.namespace),
    });
    if (entity) return entity;
    throw new DomainError("insufficient_scope", {
      message: "This entity does not exist, and creating it needs the scope mcp:write. Use a key with that scope.",
      details: { scope: "mcp:write" },
    });
  },
  rest: { routes: [entitiesRoute], input: entityInput, output: entityOutput, body: shown },
});

export const forget = defineOperation({
  name: "forget",
  summary: "Delete all memories about one entity",
  access: "write",
  run: (principal, input, tx) =>
    memoryStore().forgetEntity(ownerOf(principal, tx), { name: input.entity, namespace: given(input.namespace) }),
  rest: {
    routes: [{ method: "DELETE", path: "/v1/entities/{entity+}" }],
    input: z.object({ entity: text, namespace }),
    output: z.object({ forgotten_count: count }),
    body: ({ forgottenCount }) => ({ forgotten_count: forgottenCount }),
  },
  tool: {
    description: "Delete everything that is known about one entity. It cannot be undone.",
    input: z.object({
      entity: text.describe("Whose memories to delete."),
      hard_delete: optionalBoolean.describe("Has no effect: deleting is always final."),
      namespace,
    }),
    destructive: true,
    document: ({ entityId, forgottenCount }, _principal, { entity }) =>
      entityId === undefined
        ? { entity, forgotten_count: 0, message: `Nothing is known about '${entity}'.` }
        : { entity, entity_id: entityId, forgotten_count: forgottenCount },
  },
});

function shown({ id, name, kind }: Entity) {
  return { id, name, kind };
}
