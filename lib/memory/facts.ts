import { db, inTransaction } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { ensureEntities, entityId } from "./entities.ts";
import { checkFraction, checkId, checkText } from "./memory-input.ts";
import { semanticFromRow } from "./memory-row.ts";
import {
  BYTES_MAX,
  type EditMemoryInput,
  type Owner,
  type RememberInput,
  type SemanticMemory,
} from "./memory-store.ts";
import { namespaceToWrite } from "./namespaces.ts";
import { splitFact } from "./split-fact.ts";

/** See {@link MemoryStore.remember}. */
export async function remember(owner: Owner, input: RememberInput, now = new Date()): Promise<SemanticMemory> {
  checkText("entity", input.entity, BYTES_MAX.name);
  checkText("fact", input.fact, BYTES_MAX.content);
  checkFraction("confidence", input.confidence);
  const namespace = namespaceToWrite(input.namespace);
  return inTransaction(async (tx) => {
    const ids = await ensureEntities(tx, owner, { namespace, names: [input.entity], now });
    const row = await tx.memory.create({
      data: {
        id: newId(),
        userId: owner.userId,
        namespace,
        type: "semantic",
        entityId: entityId(ids, input.entity),
        ...splitFact(input.fact),
        confidence: input.confidence,
        createdAt: now,
        writtenBy: owner.writtenBy,
      },
    });
    return semanticFromRow(row);
  }, owner.tx);
}

/** See {@link MemoryStore.editMemory}. */
export async function editMemory(owner: Owner, input: EditMemoryInput): Promise<SemanticMemory> {
  const { id, content, confidence } = input;
  checkId(id);
  if (content !== undefined) checkText("content", content, BYTES_MAX.content);
  if (confidence !== undefined) checkFraction("confidence", confidence);
  const type = "semantic";
  const where = { id, userId: owner.userId, type };
  const data = {
    // Written also when nothing else is: the row is then locked, and cannot go before what shows it is stored.
    type,
    ...(content === undefined ? {} : splitFact(content)),
    ...(confidence === undefined ? {} : { confidence }),
  };
  const [row] = await (owner.tx ?? db()).memory.updateManyAndReturn({ where, data });
  if (!row) throw new DomainError("not_found");
  return semanticFromRow(row);
}
