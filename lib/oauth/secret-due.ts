const DAY_MS = 86_400_000;

/** When a client secret is due to be replaced; null where the policy (days, 0 is none) has no due date. */
export function secretDueAt(createdAt: Date, rotationDays: number): Date | null {
  return rotationDays > 0 ? new Date(createdAt.getTime() + rotationDays * DAY_MS) : null;
}

/** The same of a secret `s`, with the instance `i` beside it, for a statement that asks about many. */
export const SECRET_DUE_AT = `CASE WHEN i.secret_rotation_days > 0
  THEN s.created_at + make_interval(secs => i.secret_rotation_days * 86400) END`;

/** True from the moment on at which a secret is due. */
export function isOverdue(createdAt: Date, rotationDays: number, now: Date): boolean {
  const dueAt = secretDueAt(createdAt, rotationDays);
  return dueAt !== null && dueAt <= now;
}
