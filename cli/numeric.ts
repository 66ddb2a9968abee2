/** A whole number, or the text as it is, for the schema to refuse. */
export const numeric = (text: string | undefined): number | string | undefined =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : text;
