import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../process-tests/gatehouse";
import type { Cluster, Member, TestToken } from "./cluster";
import { Histories } from "./histories";
import type { Validation } from "./history";

/** Two authorities that run the same bundle, and what is done with them. */
export class Scene {
  readonly histories = new Histories();
  readonly cluster: Cluster;
  /** Whose way to the database is hurt. */
  readonly hurt: Member;
  /** Who revokes. */
  readonly sound: Member;

  constructor(cluster: Cluster, [hurt, sound]: readonly Member[]) {
    if (!hurt || !sound) throw new Error("a scene needs two authorities");
    this.cluster = cluster;
    this.hurt = hurt;
    this.sound = sound;
  }

  async ask(member: Member, token: TestToken): Promise<Validation> {
    const answer = await member.calls.validate(token.secret);
    this.histories.add(token.id, answer);
    return answer;
  }

  /** Revokes through the sound authority, until it is done. */
  async revoke(token: TestToken): Promise<void> {
    for (;;) {
      const operation = await this.sound.calls.revoke(token.secret);
      this.histories.add(token.id, operation);
      if (operation.outcome === "done") return;
    }
  }

  /** Tokens that both authorities have cached, and use from their caches. */
  async warmTokens(count: number): Promise<TestToken[]> {
    const tokens = await this.cluster.mint(Array.from({ length: count }, () => "token"));
    for (const token of tokens)
      for (const member of [this.hurt, this.sound])
        await until(async () => (await this.ask(member, token)).outcome === "allow");
    return tokens;
  }

  /** Asks both about all tokens, again and again, while `work` is done. */
  async asking(tokens: readonly TestToken[], work: () => Promise<void>): Promise<void> {
    let over = false;
    const asked = [this.hurt, this.sound].map(async (member) => {
      while (!over)
        for (const token of tokens) {
          await this.ask(member, token);
          await sleep(2);
        }
    });
    await work();
    over = true;
    await Promise.all(asked);
  }
}

/** One difficulty, made so that a protocol without the step that it needs shows a violation; played any number of times. */
export type Scenario = (scene: Scene) => Promise<void>;

/** Longer than a lease, ms. */
const BEYOND_LEASE_MS = 1_300;
/** Longer than from one renewal to the next, ms. */
const RENEWED_MS = 350;

/** One authority's lease can neither be renewed nor confirm anything; decisions it can still record. */
export const hearsNothing: Scenario = async (scene) => {
  const tokens = await scene.warmTokens(1);
  await sleep(RENEWED_MS);
  const heal = scene.hurt.proxy.disturb({ only: "lease", delayMs: Infinity });
  await scene.asking(tokens, async () => {
    for (const token of tokens) await scene.revoke(token);
    await sleep(BEYOND_LEASE_MS);
  });
  heal();
};

/** The answers to renewals come almost a lease late. */
export const answeredLate: Scenario = async (scene) => {
  const tokens = await scene.warmTokens(4);
  const heal = scene.hurt.proxy.disturb({ direction: "from database", only: "lease", delayMs: 900 });
  await scene.asking(tokens, async () => {
    for (const token of tokens) {
      await scene.revoke(token);
      await sleep(150);
    }
    await sleep(2 * BEYOND_LEASE_MS);
  });
  heal();
};

/** A read of the database is answered after a revocation that began and ended while the answer was on its way. */
export const readOvertaken: Scenario = async (scene) => {
  await scene.warmTokens(1); // the server and its key are cached: the token is all that must be read
  await sleep(RENEWED_MS);
  for (const token of await scene.cluster.mint(["token"])) {
    const heal = scene.hurt.proxy.disturb({ direction: "from database", only: "others", delayMs: Infinity });
    const first = scene.ask(scene.hurt, token);
    await until(() => scene.hurt.proxy.holds("from database"));
    await scene.revoke(token);
    heal();
    await first;
    for (let nth = 0; nth < 5; nth++) await scene.ask(scene.hurt, token);
  }
};

/** A revocation finds the token revoked already, by an urgent one that still waits for somebody who hears nothing. */
export const followsUrgent: Scenario = async (scene) => {
  const [token] = await scene.warmTokens(1);
  if (!token) throw new Error("no token was made");
  await sleep(RENEWED_MS);
  const heal = scene.hurt.proxy.disturb({ only: "lease", delayMs: Infinity });
  await scene.asking([token], async () => {
    const urgent = scene.cluster.endByVerb(token, true);
    await until(async () => (await scene.ask(scene.sound, token)).outcome === "revoked");
    await scene.revoke(token);
    await sleep(BEYOND_LEASE_MS);
    scene.histories.add(token.id, await urgent);
  });
  heal();
};
