"use server";

import { z } from "zod";
import { defineAction } from "@/app/_lib/define-action";
import { holdAgentRole } from "@/lib/agent/hold-role";
import { holdAgentRoleSchema } from "@/lib/agent/schema";
import { idField } from "@/lib/fields";
import { holdPersonRole } from "@/lib/person/hold-role";
import { holdPersonRoleSchema } from "@/lib/person/schema";
import { archiveRole } from "@/lib/role/archive";
import { createRole } from "@/lib/role/create";
import { createRoleSchema, updateOneRoleSchema } from "@/lib/role/schema";
import { updateRole } from "@/lib/role/update";

export const createRoleAction = defineAction(createRoleSchema, createRole);
export const updateRoleAction = defineAction(updateOneRoleSchema, updateRole);
export const archiveRoleAction = defineAction(z.strictObject({ roleId: idField }), archiveRole);
export const holdPersonRoleAction = defineAction(holdPersonRoleSchema, holdPersonRole);
export const holdAgentRoleAction = defineAction(holdAgentRoleSchema, holdAgentRole);
