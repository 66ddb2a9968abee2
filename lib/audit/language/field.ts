import { lineField } from "@/lib/fields";
import { z } from "zod";
import type { Query, QueryError } from "./ast";
import { MAX_QUERY_CHARS, parse } from "./parse";

/**
 * A query as a field of an input: every fault of it is told at its characters. @param refused what the language allows and
 * this field does not
 */
export const queryField = (refused: (query: Query) => readonly QueryError[] = () => []) =>
  z
    .string()
    .superRefine((text, context) => {
      const parsed = parse(text);
      const faults = parsed.ok ? refused(parsed.query) : parsed.errors;
      for (const { message, from, to } of faults)
        context.addIssue({ code: "custom", message, params: { code: "bad_query", from, to } });
    })
    .pipe(lineField(MAX_QUERY_CHARS));
