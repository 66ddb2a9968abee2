import { z } from "zod";
import { lineField } from "@/lib/fields";
import { faultsIn, MAX_QUERY_CHARS, type Refused } from "./parse";

/** A query as a field of an input: every fault of it is told at its characters. */
export const queryField = (refused?: Refused) =>
  z
    .string()
    .superRefine((text, context) => {
      for (const { message, from, to } of faultsIn(text, refused))
        context.addIssue({ code: "custom", message, params: { code: "bad_query", from, to } });
    })
    .pipe(lineField(MAX_QUERY_CHARS));
