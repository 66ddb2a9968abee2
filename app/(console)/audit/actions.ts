"use server";

import { defineAction } from "@/app/_lib/define-action";
import { suggestAudit, suggestAuditSchema } from "@/lib/audit/suggest";

export const suggestAuditAction = defineAction(suggestAuditSchema, suggestAudit);
