export const SUBJECT_KINDS = ["token", "agent", "person", "server", "role", "key", "grant", "all"] as const;

/** What a change is about, and so what a process drops from its cache (design §5). `all` has the id `all`. */
export type Subject = { kind: (typeof SUBJECT_KINDS)[number]; id: string };

/** A subject as one text. */
export function subjectKey({ kind, id }: Subject): string {
  return `${kind}:${id}`;
}

/** The subject that everything is about. */
export const EVERYTHING: Subject & { kind: "all" } = { kind: "all", id: "all" };
