import { CONSOLE_ROLE_PERMISSIONS, serverPermissions } from "@/lib/authz/permissions";
import type { EntryDraft } from "@/lib/audit/entry";
import type { Actor } from "@/lib/ctx";
import { newId } from "@/lib/id";
import { PEOPLE } from "./company";
import { need, type Rows } from "./rows";

/** One entry of the demo's log before it is written. `at` is Unix seconds. */
export type Fact = { at: number; actor: Actor; ip: string; userAgent: string; draft: EntryDraft };

export const serverActor = (server: { id: string; name: string; keyId: string }): Actor => ({
  kind: "server",
  serverId: server.id,
  keyId: server.keyId,
  name: server.name,
  permissions: serverPermissions(),
});

/** Somebody of the company at work in the console. */
export function personActor(rows: Rows, key: string, end: number): Actor {
  const person = need(rows.people, key);
  const consoleRole = PEOPLE.find((one) => one.key === key)?.consoleRole ?? "member";
  return {
    kind: "person",
    personId: person.id,
    name: person.name,
    email: person.email,
    ...{ nameRef: person.nameRef, emailRef: person.emailRef },
    consoleRole,
    sessionId: newId("session"),
    reauthenticatedAtSeconds: end,
    amr: ["pwd"],
    owes: null,
    permissions: CONSOLE_ROLE_PERMISSIONS[consoleRole],
  };
}
