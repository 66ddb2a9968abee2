const DAY_MS = 86_400_000;

/** When a client secret is due to be replaced; null where the policy (days, 0 is none) has no due date. */
export function secretDueAt(createdAt: Date, rotationDays: number): Date | null {
  return rotationDays > 0 ? new Date(createdAt.getTime() + rotationDays * DAY_MS) : null;
}

/** True from the moment on at which a secret is due. */
export function isOverdue(createdAt: Date, rotationDays: number, now: Date): boolean {
  const dueAt = secretDueAt(createdAt, rotationDays);
  return dueAt !== null && dueAt <= now;
}
