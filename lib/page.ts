import { z } from "zod";

/** How lists are asked for by the admin API: `?limit=&cursor=`. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2048).optional(),
});

/** A page by cursor; `nextCursor` is null on the last one. */
export type Page<T> = { items: T[]; nextCursor: string | null };

/** A page by number, as the console shows: `total` is exact. */
export type NumberedPage<T> = { items: T[]; total: number; page: number; pageSize: number };

/** Rows of a page in the console. */
export const CONSOLE_PAGE_SIZE = 50;
