import type { ConsoleRole } from "@/lib/person/console-role";

/** Client-safe: what each console role is called, and what it permits, in plain words. */
export const CONSOLE_ROLE_TEXT: Record<ConsoleRole, { word: string; sentence: string; permits: readonly string[] }> = {
  owner: {
    word: "Owner",
    sentence: "Does everything, and alone makes, changes and suspends owners and admins.",
    permits: [
      "See everything: servers, roles, people, agents, tokens, and the audit log with its export.",
      "Register servers, write roles, invite people, add agents.",
      "Mint, rotate and revoke any token, also many at once.",
      "Make, change and suspend owners and admins, and give roles that reach Gatehouse's own admin API.",
    ],
  },
  admin: {
    word: "Admin",
    sentence: "Does everything but making, changing or suspending owners and admins.",
    permits: [
      "See everything: servers, roles, people, agents, tokens, and the audit log with its export.",
      "Register servers, write roles, invite auditors and members, add agents.",
      "Mint, rotate and revoke any token, also many at once.",
    ],
  },
  auditor: {
    word: "Auditor",
    sentence: "Sees everything, the audit log with its export, and changes nothing.",
    permits: [
      "See everything: servers, roles, people, agents, tokens, and the audit log with its export.",
      "Change nothing but your own sessions and how you sign in.",
    ],
  },
  member: {
    word: "Member",
    sentence: "Mints, rotates and revokes their own tokens under the roles they hold, and sees nothing else.",
    permits: [
      "Mint, rotate and revoke your own tokens, under the roles that you hold.",
      "See those roles, the servers that they open, and the agents that you own.",
    ],
  },
};
