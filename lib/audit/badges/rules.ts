import "server-only";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Outcome } from "../catalogue";
import type { BadgeDto } from "./catalogue";

/** What the rules look at of an entry. */
export type Watched = {
  idx: number;
  /** ms of Unix time, of our clock. */
  atMs: number;
  action: string;
  outcome: Outcome;
  actorKind: string;
  actorId: string | null;
  personId: string | null;
  agentId: string | null;
  tokenId: string | null;
  ip: string | null;
};

/** A token that rested longer wakes: as long as tokens are called dormant after (`lib/token/status.ts`), which a test compares. */
export const REST_MS = 30 * 86_400_000;

/** So many refusals of one token, agent or address within a minute are a burst. */
export const BURST = 10;
const BURST_WINDOW_MS = 60_000;
/** Of a burst that goes on, so many refusals are kept in mind: its badges come at each doubling up to there. */
const MOST_KEPT = 5120;

/** The acts in which a credential is shown to us, whoever asks about it. */
const SHOWN = new Set(["token.validate", "token.introspect"]);
const REFUSED: ReadonlySet<Outcome> = new Set(["deny", "denied"]);
const isStatic = (id: string | null): id is string => id?.startsWith("tok_") ?? false;

/**
 * Whose habit of addresses an entry tells of: the token that was shown (an OAuth token lives minutes: its agent for its
 * person), else the actor. Null where that is nobody in particular, or a server that asks about others.
 */
export function habitOf(entry: Watched): string | null {
  const { action, actorKind, actorId, agentId, personId, tokenId, outcome } = entry;
  if (SHOWN.has(action)) {
    if (tokenId === null) return null;
    return isStatic(tokenId) ? tokenId : agentId && `${agentId} ${personId ?? ""}`.trim();
  }
  if (action === "session.sign_in") return outcome === "success" ? personId : null;
  if (actorKind === "agent") return actorId && `${actorId} ${personId ?? ""}`.trim();
  return actorKind === "person" || actorKind === "token" ? actorId : null;
}

/** The network that counts as one place: an IPv4 address, or the /64 of IPv6, in which a machine picks its address anew at will. */
export function placeOf(ip: string | null): string | null {
  if (ip === null || !isIP(ip)) return null;
  const address = ipaddr.process(ip);
  if (address.kind() === "ipv4") return address.toString();
  const network = ipaddr.fromByteArray([...address.toByteArray().slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]);
  return `${network.toString()}/64`;
}

/** The static token that an entry shows in use, or null. */
export function usedToken({ action, outcome, actorKind, actorId, tokenId }: Watched): string | null {
  if (SHOWN.has(action)) return outcome === "allow" && isStatic(tokenId) ? tokenId : null;
  return actorKind === "token" && isStatic(actorId) ? actorId : null;
}

/** The badge of a token that is used again, or null where its rest was short. */
export function wokeAfter(lastMs: number, atMs: number): BadgeDto | null {
  const restMs = atMs - lastMs;
  return restMs > REST_MS ? { kind: "woke", count: Math.floor(restMs / 86_400_000) } : null;
}

/** Who is refused: the token or agent, or where nobody knows what was shown, the address. */
function refusedOf(entry: Watched): string | null {
  if (!REFUSED.has(entry.outcome)) return null;
  return (SHOWN.has(entry.action) ? habitOf(entry) : entry.actorId) ?? (entry.ip === null ? null : `ip ${entry.ip}`);
}

type Run = { times: number[]; nextAt: number };

/** Refusals of each by the minute. Entries must come in their order. */
export class Bursts {
  readonly #runs = new Map<string, Run>();
  #sweptMs = 0;

  /** The badge of the refusal with which a burst begins, and of those at which it has doubled. */
  add(entry: Watched): BadgeDto | null {
    const who = refusedOf(entry);
    if (who === null) return null;
    this.#sweep(entry.atMs);
    const run = this.#runs.get(who) ?? { times: [], nextAt: BURST };
    this.#runs.set(who, run);
    const start = run.times.findIndex((at) => at > entry.atMs - BURST_WINDOW_MS);
    run.times.splice(0, start < 0 ? run.times.length : start);
    if (run.times.length < BURST - 1) run.nextAt = BURST;
    if (run.times.length >= MOST_KEPT) run.times.shift();
    run.times.push(entry.atMs);
    if (run.times.length < run.nextAt) return null;
    run.nextAt = run.times.length * 2;
    return { kind: "denial_burst", count: run.times.length };
  }

  /** Forgets who has not been refused for a minute, so that strangers' addresses do not gather. */
  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < BURST_WINDOW_MS) return;
    this.#sweptMs = nowMs;
    for (const [who, { times }] of this.#runs)
      if ((times.at(-1) ?? 0) <= nowMs - BURST_WINDOW_MS) this.#runs.delete(who);
  }
}
