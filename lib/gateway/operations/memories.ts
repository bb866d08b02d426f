import { z } from "zod";
import { given, idText, optionalFraction, optionalText } from "#lib/gateway/input.ts";
import { defineOperation } from "#lib/gateway/operation.ts";
import { count, fraction, id } from "#lib/gateway/output.ts";
import { memoryStore } from "#lib/memory/store.ts";
import { ownerOf } from "./owner.ts";

/** What must be sent with a request that deletes everything, as query parameter or header `Confirm`. */
export const DELETE_ALL_CONFIRMATION = "delete-all-memories";

const memoryRoute = "/v1/memories/{memory_id}";

export const editMemory = defineOperation({
  name: "edit_memory",
  summary: "Edit a fact",
  // It shows the stored content even when only the confidence is sent: to read and to write.
  access: "full",
  run: (principal, input, tx) =>
    memoryStore().editMemory(ownerOf(principal, tx), {
      id: input.memory_id,
      content: given(input.content),
      confidence: given(input.confidence),
    }),
  rest: {
    routes: [{ method: "PATCH", path: memoryRoute }],
    input: z.object({ memory_id: idText("memory id"), content: optionalText, confidence: optionalFraction }),
    output: z.object({ id, content: z.string(), confidence: fraction }),
    body: ({ id, content, confidence }) => ({ id, content, confidence }),
    subject: (memory) => memory.id,
  },
});

export const deleteMemory = defineOperation({
  name: "delete_memory",
  summary: "Delete one memory",
  access: "write",
  run: (principal, input, tx) => memoryStore().deleteMemory(ownerOf(principal, tx), input.memory_id),
  rest: {
    routes: [{ method: "DELETE", path: memoryRoute }],
    input: z.object({ memory_id: idText("memory id") }),
    output: z.object({ deleted: z.literal(true), id }),
    body: (_result, _principal, input) => ({ deleted: true as const, id: input.memory_id }),
  },
});

export const deleteAllMemories = defineOperation({
  name: "delete_all_memories",
  summary: "Delete all memories",
  access: "full",
  run: (principal, _input, tx) => memoryStore().deleteAll(ownerOf(principal, tx)),
  rest: {
    routes: [{ method: "DELETE", path: "/v1/memories" }],
    input: z.object({
      confirm: z.literal(DELETE_ALL_CONFIRMATION, {
        error: `this deletes all memories; to confirm, send ?confirm=${DELETE_ALL_CONFIRMATION} or a header Confirm with that value`,
      }),
    }),
    output: z.object({ deleted: count.describe("How many there were.") }),
    body: (deleted) => ({ deleted }),
  },
});
