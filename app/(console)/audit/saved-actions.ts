"use server";

import { z } from "zod";
import { actionOf, defineAction } from "@/app/_lib/define-action";
import { sizeOfLog } from "@/lib/audit/moment";
import { createSavedSearch } from "@/lib/saved-search/create";
import { deleteSavedSearch } from "@/lib/saved-search/delete";
import { createSavedSearchSchema, removeSavedSearchSchema, updateSavedSearchSchema } from "@/lib/saved-search/schema";
import { updateSavedSearch } from "@/lib/saved-search/update";

export const saveSearchAction = defineAction(createSavedSearchSchema, createSavedSearch);
export const updateSavedSearchAction = defineAction(updateSavedSearchSchema, updateSavedSearch);
export const removeSavedSearchAction = defineAction(removeSavedSearchSchema, deleteSavedSearch);
/** How many entries the log has by now: what a copied link is pinned to. */
export const sizeOfLogAction = defineAction(
  z.strictObject({}),
  actionOf("audit.search", (ctx, _input: object) => sizeOfLog(ctx, undefined)),
);
