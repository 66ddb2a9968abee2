import "server-only";
import { opened } from "../../personal/ref";
import type { LoggedEntry } from "../receiver";

type Named = { id: string; name?: string | null };

/** What a stored body says, as far as other schemas have words for it. */
export type EntryBody = {
  id: string;
  action: string;
  outcome: string;
  reason?: string | null;
  occurredAt: string;
  requestId?: string;
  actor?: { kind: string; id?: string; name?: string; email?: string; consoleRole?: string; sessionId?: string };
  person?: Named;
  agent?: Named;
  server?: Named;
  servers?: Named[];
  role?: Named;
  credential?: Named & { kind: string; scopes?: string[] };
  target?: (Named & { kind: string }) | null;
  tool?: string;
  durationMs?: number;
  clientIp?: string;
  source?: { ip: string | null; userAgent: string | null };
  trace?: { id: string; parentId: string };
};

/** What an entry says, with clear names and addresses of people. */
export const readBody = ({ body, personal }: Pick<LoggedEntry, "body" | "personal">): EntryBody =>
  JSON.parse(opened(body, (commitment) => personal[commitment])) as EntryBody;

/** An action's two parts: `token.revoke_all` is about a token, and revokes. */
export function partsOf(action: string): { noun: string; verb: string } {
  const at = action.indexOf(".");
  return at < 0 ? { noun: action, verb: "" } : { noun: action.slice(0, at), verb: action.slice(at + 1) };
}

/** True where the fact is that something was let be done, or was done. */
export const wentWell = (outcome: string): boolean => outcome === "allow" || outcome === "success";

/** An object without its undefined fields: absent facts are left out. */
export function present<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Null, like undefined, is an absent fact. */
export const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;
