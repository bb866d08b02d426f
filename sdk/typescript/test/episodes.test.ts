import { expect, inject, test } from "vitest";
import { Pensyve } from "../src/index.ts";
import { failing, fakeServer, json, type Step } from "./fake-server.ts";

const { url, keys } = inject("server");
const started = json(201, { episode_id: "e-1", participants: [], started_at: "2026-01-01T00:00:00Z" });
const ended = (outcome: string): Step => json(200, { episode_id: "e-1", memories_created: 1, outcome });
const bodies = (seen: { url: string; body: string }[]) => seen.map(({ url: at, body }) => [at, JSON.parse(body)]);

test("an episode ends where its block ends, and what was said in it is found again", async () => {
  const pensyve = new Pensyve({ baseUrl: url, apiKey: keys.mcp, namespace: "episodes" });
  let id: string;
  {
    await using episode = await pensyve.startEpisode(["user", "assistant"]);
    id = episode.id;
    await episode.addMessage("user", "My bicycle is red");
    await episode.observe({ content: "bicycle = red", sourceEntity: "assistant", aboutEntity: "user" });
  }
  const { groups } = await pensyve.recallGrouped("bicycle");
  expect(groups.map(({ sessionId }) => sessionId)).toEqual([id]);
  expect(groups[0]?.memories.map(({ content }) => content).toSorted()).toEqual(["My bicycle is red", "bicycle = red"]);
});

test("it ends after an error too, with the outcome that was set by then, and the error is passed on", async () => {
  await using server = await fakeServer(started, ended("failure"));
  const pensyve = new Pensyve({ baseUrl: server.url, apiKey: "psy_test" });
  const work = async () => {
    await using episode = await pensyve.startEpisode(["user"]);
    episode.outcome = "failure";
    throw new Error("The work failed.");
  };
  await expect(work()).rejects.toThrow("The work failed.");
  expect(bodies(server.seen)[1]).toEqual(["/v1/episodes/end", { episode_id: "e-1", outcome: "failure" }]);
});

test("it ends once: the end of the block asks nothing after end(), and a second end() gives the first answer", async () => {
  await using server = await fakeServer(started, ended("partial"));
  const pensyve = new Pensyve({ baseUrl: server.url, apiKey: "psy_test" });
  {
    await using episode = await pensyve.startEpisode(["user"]);
    const first = await episode.end("partial");
    expect(first).toMatchObject({ memoriesCreated: 1, outcome: "partial" });
    expect(await episode.end()).toBe(first);
  }
  expect(server.seen).toHaveLength(2);
});

test("an end that failed can be tried again", async () => {
  await using server = await fakeServer(failing(500), ended("success"));
  const episode = new Pensyve({ baseUrl: server.url, apiKey: "psy_test" }).episode("e-1");
  await expect(episode.end()).rejects.toMatchObject({ status: 500 });
  expect(await episode.end()).toMatchObject({ outcome: "success" });
});

test("an episode begun elsewhere goes on with its id alone", async () => {
  const pensyve = new Pensyve({ baseUrl: url, apiKey: keys.mcp });
  const { id } = await pensyve.startEpisode(["user"]);
  await new Pensyve({ baseUrl: url, apiKey: keys["mcp:write"] }).episode(id).addMessage("user", "Hello again");
  expect(await pensyve.episode(id).end()).toMatchObject({ episodeId: id, memoriesCreated: 1, outcome: "success" });
});
