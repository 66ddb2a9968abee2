/** An instant as DTOs tell it (RFC 3339, UTC); null where there is none. */
export const isoOrNull = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;
