import "server-only";
import type { TargetKind } from "../catalogue";

/** Whose, and what of theirs; `text` is nobody's: words that somebody wrote, and that may name anybody. */
export type PersonalField = "name" | "email" | "subject" | "text";

/**
 * A clear value in the changes or details of a draft that must not stand in the entry: its commitment is written. Whoever writes it
 * without one (`committed`) writes an empty object, never the value.
 */
export class Personal {
  // Private, so that nothing that walks over a draft sees any of it.
  readonly #said: readonly [personId: string, field: PersonalField, value: string];

  constructor(personId: string, field: PersonalField, value: string) {
    this.#said = [personId, field, value];
  }

  /** Whose it is, what of theirs, and the clear value. */
  reveal(): readonly [personId: string, field: PersonalField, value: string] {
    return this.#said;
  }
}

/** Words that may name anybody, such as what was searched for. */
export const personalText = (text: string): Personal => new Personal("", "text", text);

/** What is never clear of some targets: their names, and these fields of theirs, each with what is committed to. */
const COMMITTED: Partial<Record<TargetKind, Readonly<Record<string, PersonalField>>>> = {
  person: { name: "name", email: "email" },
  saved_search: { name: "text", query: "text" },
  sink: { query: "text" },
};

/** What a field of a target is committed as; null where it stands clear. */
export const committedAs = (kind: TargetKind | undefined, field: string): PersonalField | null =>
  (kind && COMMITTED[kind]?.[field]) ?? null;

/** A value of that field. Texts are nobody's. */
export const personalValue = (id: string, field: PersonalField, value: string): Personal =>
  field === "text" ? personalText(value) : new Personal(id, field, value);
