import { counted } from "@/lib/counted";
const DAY_MS = 86_400_000;

/** When a client secret is due to be replaced; null where the policy (days, 0 is none) has no due date. */
export function secretDueAt(createdAt: Date, rotationDays: number): Date | null {
  return rotationDays > 0 ? new Date(createdAt.getTime() + rotationDays * DAY_MS) : null;
}

/** The same of a secret `s`, with the instance `i` beside it, for a statement that asks about many. */
export const SECRET_DUE_AT = `CASE WHEN i.secret_rotation_days > 0
  THEN s.created_at + make_interval(secs => i.secret_rotation_days * 86400) END`;

/** How long before it is due a secret is shown as such; of one that is to live for less than twice that, half its life. */
const WARNED_DAYS = 14;

/** The moment from which it is shown, of a secret `s` with the instance `i` beside it; null as `SECRET_DUE_AT`. */
export const SECRET_SHOWN_AT = `${SECRET_DUE_AT}
  - make_interval(secs => least(${WARNED_DAYS}, i.secret_rotation_days / 2.0) * 86400)`;

/** In how many days a secret is due, begun ones counted, where that is near enough to be shown; else null, also where it is overdue. */
export function dueInDays(createdAt: Date, rotationDays: number, now: Date): number | null {
  const dueAt = secretDueAt(createdAt, rotationDays);
  if (!dueAt || dueAt <= now) return null;
  const leftDays = (dueAt.getTime() - now.getTime()) / DAY_MS;
  return leftDays <= Math.min(WARNED_DAYS, rotationDays / 2) ? Math.ceil(leftDays) : null;
}

/** `due in 1 day`. */
export const dueInWords = (days: number): string => `due in ${counted(days, "day")}`;

/** True from the moment on at which a secret is due. */
export function isOverdue(createdAt: Date, rotationDays: number, now: Date): boolean {
  const dueAt = secretDueAt(createdAt, rotationDays);
  return dueAt !== null && dueAt <= now;
}
