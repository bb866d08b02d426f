import { z } from "zod";
import { given, idText, optionalFraction, optionalText } from "#lib/gateway/input.ts";
import { defineOperation } from "#lib/gateway/operation.ts";
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
  run: (principal, input) =>
    memoryStore().editMemory(ownerOf(principal), {
      id: input.memory_id,
      content: given(input.content),
      confidence: given(input.confidence),
    }),
  rest: {
    routes: [{ method: "PATCH", path: memoryRoute }],
    input: z.object({ memory_id: idText("memory id"), content: optionalText, confidence: optionalFraction }),
    body: ({ id, content, confidence }) => ({ id, content, confidence }),
  },
});

export const deleteMemory = defineOperation({
  name: "delete_memory",
  summary: "Delete one memory",
  access: "write",
  run: (principal, input) => memoryStore().deleteMemory(ownerOf(principal), input.memory_id),
  rest: {
    routes: [{ method: "DELETE", path: memoryRoute }],
    input: z.object({ memory_id: idText("memory id") }),
    body: (_result, _principal, input) => ({ deleted: true, id: input.memory_id }),
  },
});

export const deleteAllMemories = defineOperation({
  name: "delete_all_memories",
  summary: "Delete all memories",
  access: "full",
  run: (principal) => memoryStore().deleteAll(ownerOf(principal)),
  rest: {
    routes: [{ method: "DELETE", path: "/v1/memories" }],
    input: z.object({
      confirm: z.literal(DELETE_ALL_CONFIRMATION, {
        error: `this deletes all memories; to confirm, send ?confirm=${DELETE_ALL_CONFIRMATION} or a header Confirm with that value`,
      }),
    }),
    body: (deleted) => ({ deleted }),
  },
});
