"use server";

import { z } from "zod";
import { defineAction } from "@/app/_lib/define-action";
import { idField } from "@/lib/fields";
import { issueKey } from "@/lib/key/issue";
import { revokeKey } from "@/lib/key/revoke";
import { rotateKey } from "@/lib/key/rotate";
import { issueKeySchema, revokeKeySchema, rotateSchema } from "@/lib/key/schema";
import { createScope } from "@/lib/scope/create";
import { deleteScope } from "@/lib/scope/delete";
import { createScopeSchema, updateScopeSchema } from "@/lib/scope/schema";
import { updateScope } from "@/lib/scope/update";
import { createServer } from "@/lib/server/create";
import { createServerSchema, updateServerSchema } from "@/lib/server/schema";
import { updateServer } from "@/lib/server/update";
import { createTool } from "@/lib/tool/create";
import { deleteTool } from "@/lib/tool/delete";
import { importTools } from "@/lib/tool/import";
import { createToolSchema, importToolsSchema, updateToolSchema } from "@/lib/tool/schema";
import { updateTool } from "@/lib/tool/update";

const ofServer = { serverId: idField };
const ofScope = { scopeId: idField };
const ofTool = { toolId: idField };
const ofKey = { serverId: idField, keyId: idField };

export const createServerAction = defineAction(createServerSchema, createServer);
export const updateServerAction = defineAction(updateServerSchema.extend(ofServer), updateServer);
export const createScopeAction = defineAction(createScopeSchema, createScope);
export const updateScopeAction = defineAction(updateScopeSchema.extend(ofScope), updateScope);
export const deleteScopeAction = defineAction(z.strictObject(ofScope), deleteScope);
export const createToolAction = defineAction(createToolSchema, createTool);
export const updateToolAction = defineAction(updateToolSchema.extend(ofTool), updateTool);
export const deleteToolAction = defineAction(z.strictObject(ofTool), deleteTool);
export const importToolsAction = defineAction(importToolsSchema.extend(ofServer), importTools);
export const issueKeyAction = defineAction(issueKeySchema.extend(ofServer), issueKey);
export const rotateKeyAction = defineAction(rotateSchema.extend(ofKey), rotateKey);
export const revokeKeyAction = defineAction(revokeKeySchema.extend(ofKey), revokeKey);
