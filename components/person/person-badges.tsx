import { Badge, type Tone } from "@/components/ui/badge";
import { StatusBadge } from "@/components/ui/status-badge";
import type { ConsoleRole } from "@/lib/person/console-role";
import type { PersonDto } from "@/lib/person/schema";
import { CONSOLE_ROLE_TEXT } from "./console-role-text";

const STATUS: Record<PersonDto["status"], { tone: Tone; word: string }> = {
  active: { tone: "allow", word: "Active" },
  invited: { tone: "expiring", word: "Invited" },
  suspended: { tone: "deny", word: "Suspended" },
};

/** Whether a person can sign in and their tokens work. */
export function PersonStatusBadge({ status }: { status: PersonDto["status"] }) {
  const { tone, word } = STATUS[status];
  return <StatusBadge tone={tone}>{word}</StatusBadge>;
}

/** What a person may do in the console. */
export function ConsoleRoleBadge({ role }: { role: ConsoleRole }) {
  return <Badge tone={role === "owner" || role === "admin" ? "info" : "neutral"}>{CONSOLE_ROLE_TEXT[role].word}</Badge>;
}
