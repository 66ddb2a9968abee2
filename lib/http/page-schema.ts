import { z } from "zod";

/** A page of a list as the admin API answers it: `{ "items": [], "nextCursor": null }`. */
export const pageOf = <S extends z.ZodType>(item: S) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
