"use server";

import { defineAction } from "@/app/_lib/define-action";
import { createSink } from "@/lib/audit/sinks/create";
import { discardDeadLetters, listDeadLetters, retryDeadLetters } from "@/lib/audit/sinks/dead-letters";
import { deleteSink } from "@/lib/audit/sinks/delete";
import { pauseSink, resumeSink } from "@/lib/audit/sinks/pause";
import { replaySink } from "@/lib/audit/sinks/replay";
import {
  createSinkSchema,
  replaySinkSchema,
  sinkDeadLettersSchema,
  sinkIdSchema,
  sinkSomeDeadLettersSchema,
  updateSinkSchema,
} from "@/lib/audit/sinks/schema";
import { testSink } from "@/lib/audit/sinks/send-test";
import { suggestAudit, suggestAuditSchema } from "@/lib/audit/suggest";
import { updateSink } from "@/lib/audit/sinks/update";
import { removeIssuerSchema, setIssuerSchema } from "@/lib/oauth/issuer-schema";
import { removeTrustedIssuer, setTrustedIssuer } from "@/lib/oauth/trusted-issuers";
import { updatePolicySchema } from "@/lib/policy/schema";
import { updatePolicy } from "@/lib/policy/update";

export const updatePolicyAction = defineAction(updatePolicySchema, updatePolicy);
export const setTrustedIssuerAction = defineAction(setIssuerSchema, setTrustedIssuer);
export const removeTrustedIssuerAction = defineAction(removeIssuerSchema, removeTrustedIssuer);

export const suggestAuditAction = defineAction(suggestAuditSchema, suggestAudit);
export const createSinkAction = defineAction(createSinkSchema, createSink);
export const updateSinkAction = defineAction(updateSinkSchema, updateSink);
export const pauseSinkAction = defineAction(sinkIdSchema, pauseSink);
export const resumeSinkAction = defineAction(sinkIdSchema, resumeSink);
export const testSinkAction = defineAction(sinkIdSchema, testSink);
export const replaySinkAction = defineAction(replaySinkSchema, replaySink);
export const deleteSinkAction = defineAction(sinkIdSchema, deleteSink);
export const listDeadLettersAction = defineAction(sinkDeadLettersSchema, listDeadLetters);
export const retryDeadLettersAction = defineAction(sinkSomeDeadLettersSchema, retryDeadLetters);
export const discardDeadLettersAction = defineAction(sinkSomeDeadLettersSchema, discardDeadLetters);
