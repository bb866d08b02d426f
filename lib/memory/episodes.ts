import { inTransaction, type Tx } from "#lib/db.ts";
import { DomainError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { ensureEntities, entityId } from "./entities.ts";
import { checkId, checkText } from "./memory-input.ts";
import { episodicFromRow } from "./memory-row.ts";
import {
  type AddMessageInput,
  BYTES_MAX,
  type EndEpisodeInput,
  type EndedEpisode,
  type Episode,
  type EpisodicMemory,
  LIMIT_MAX,
  type ObserveInput,
  type Owner,
  type StartEpisodeInput,
} from "./memory-store.ts";
import { namespaceToWrite } from "./namespaces.ts";

/** See {@link MemoryStore.startEpisode}. */
export async function startEpisode(owner: Owner, input: StartEpisodeInput, now = new Date()): Promise<Episode> {
  const participants = [...input.participants];
  if (participants.length > LIMIT_MAX) {
    const message = `The field participants has more than ${LIMIT_MAX} names. Name only those who take part.`;
    throw new DomainError("invalid_input", { message, details: { field: "participants" } });
  }
  for (const name of participants) checkText("participants", name, BYTES_MAX.name);
  const namespace = namespaceToWrite(input.namespace);
  return inTransaction(async (tx) => {
    await ensureEntities(tx, owner, { namespace, names: participants, now });
    const row = await tx.episode.create({
      data: { id: newId(), userId: owner.userId, namespace, participants, startedAt: now },
    });
    return { id: row.id, namespace, participants, startedAt: row.startedAt };
  }, owner.tx);
}

/** See {@link MemoryStore.addMessage}. */
export async function addMessage(owner: Owner, input: AddMessageInput, now = new Date()): Promise<EpisodicMemory> {
  const { episodeId, role, content } = input;
  checkText("role", role, BYTES_MAX.name);
  // A message may be empty: an assistant's turn can consist of tool calls alone.
  checkText("content", content, BYTES_MAX.content, "empty");
  const turn = { episodeId, content, source: role, about: role, contentType: "text" };
  return inTransaction((tx) => insertTurn(tx, owner, turn, now), owner.tx);
}

/** See {@link MemoryStore.observe}. */
export async function observe(owner: Owner, input: ObserveInput, now = new Date()): Promise<EpisodicMemory> {
  const { episodeId, content, sourceEntity: source, aboutEntity: about, contentType } = input;
  checkText("content", content, BYTES_MAX.content, "empty");
  checkText("source_entity", source, BYTES_MAX.name);
  checkText("about_entity", about, BYTES_MAX.name);
  const turn = { episodeId, content, source, about, contentType };
  return inTransaction((tx) => insertTurn(tx, owner, turn, now), owner.tx);
}

/** See {@link MemoryStore.endEpisode}. */
export async function endEpisode(owner: Owner, input: EndEpisodeInput, now = new Date()): Promise<EndedEpisode> {
  const { episodeId: id, outcome } = input;
  checkId(id);
  const { userId } = owner;
  return inTransaction(async (tx) => {
    const { count } = await tx.episode.updateMany({ where: { id, userId }, data: { endedAt: now, outcome } });
    if (count === 0) throw episodeNotFound(id);
    const memoriesCreated = await tx.memory.count({ where: { userId, episodeId: id } });
    return { id, outcome, endedAt: now, memoriesCreated };
  }, owner.tx);
}

type Turn = { episodeId: string; content: string; source: string; about: string; contentType: string };

async function insertTurn(tx: Tx, owner: Owner, turn: Turn, now: Date): Promise<EpisodicMemory> {
  checkId(turn.episodeId);
  const { userId, writtenBy } = owner;
  const episode = await tx.episode.findFirst({
    where: { id: turn.episodeId, userId },
    select: { id: true, namespace: true },
  });
  if (!episode) throw episodeNotFound(turn.episodeId);
  const { namespace } = episode;
  const ids = await ensureEntities(tx, owner, { namespace, names: [turn.source, turn.about], now });
  const row = await tx.memory.create({
    data: {
      id: newId(),
      userId,
      namespace,
      type: "episodic",
      entityId: entityId(ids, turn.about),
      sourceEntityId: entityId(ids, turn.source),
      episodeId: episode.id,
      content: turn.content,
      contentType: turn.contentType,
      createdAt: now,
      writtenBy,
    },
  });
  return episodicFromRow(row);
}

/** Agents recognise these words and begin a new episode. */
function episodeNotFound(id: string): DomainError {
  return new DomainError("not_found", { message: `Episode not found: ${id}. Start a new episode.` });
}
