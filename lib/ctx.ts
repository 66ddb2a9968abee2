import type { Permission } from "@/lib/authz/permissions";
import type { ConsoleRole } from "@/lib/person/console-role";
import type { Trace } from "@/lib/http/trace";

/** What a session still lacks: the code of the person's authenticator app, or that they have one at all. */
export type Owed = "code" | "enrolment";

/** Who is asking: a closed union, decided by authentication alone and passed first to every verb. */
export type Actor =
  | {
      kind: "person";
      personId: string;
      name: string;
      email: string;
      /** What stands for name and e-mail in the log (`lib/audit/personal`), where they were read along. */
      nameRef?: string;
      emailRef?: string;
      consoleRole: ConsoleRole;
      sessionId: string;
      /** Unix seconds of the last time this session proved its password or identity provider. */
      reauthenticatedAtSeconds: number;
      /** How this session's person proved who they are (RFC 8176; `lib/second-factor/classes.ts`). */
      amr: readonly string[];
      /** What the session lacks before it may do anything else; null where nothing. `permissions` say so too. */
      owes: Owed | null;
      permissions: ReadonlySet<Permission>;
    }
  | {
      /** A static token of the built-in server `gatehouse`, calling the admin API. */
      kind: "token";
      tokenId: string;
      name: string;
      personId: string | null;
      agentId: string | null;
      scopes: readonly string[];
      permissions: ReadonlySet<Permission>;
    }
  | {
      /** An OAuth client that showed who it is, for a person or in its own name. */
      kind: "agent";
      agentId: string;
      name: string;
      personId: string | null;
      permissions: ReadonlySet<Permission>;
    }
  | { kind: "server"; serverId: string; keyId: string; name: string; permissions: ReadonlySet<Permission> }
  | { kind: "system"; job: string; permissions: ReadonlySet<Permission> }
  | { kind: "anonymous"; permissions: ReadonlySet<Permission> };

/** Where a request came from, as far as Gatehouse itself saw it (socket, or a trusted proxy's word). */
export type Source = {
  ip: string | null;
  userAgent: string | null;
  /** The trusted proxies that it came through, the one that `ip` spoke to first; left out where there was none. */
  proxies?: readonly string[];
};

/** The circumstances of one call of a verb. */
export type Ctx = {
  actor: Actor;
  /** Unique per request; stands in answers, logs and audit entries. */
  requestId: string;
  source: Source;
  /** The trace that the request says it belongs to; left out, or null, where it says nothing of the kind. */
  trace?: Trace | null;
  /** Our clock, Unix seconds (fractional). Injectable, so that time is testable. */
  nowSeconds: () => number;
};

/** The present as a `Date`, by the ctx's clock. */
export function nowDate(ctx: Ctx): Date {
  return new Date(ctx.nowSeconds() * 1000);
}

/** A short stable id of the actor, for `created_by` columns: `per_…`, `tok_…`, `agt_…`, `srv_…`, `system:cli`. */
export function actorRef(actor: Actor): string {
  switch (actor.kind) {
    case "person":
      return actor.personId;
    case "token":
      return actor.tokenId;
    case "agent":
      return actor.agentId;
    case "server":
      return actor.serverId;
    case "system":
      return `system:${actor.job}`;
    case "anonymous":
      return "anonymous";
  }
}
