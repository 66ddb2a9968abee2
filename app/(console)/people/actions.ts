"use server";

import { z } from "zod";
import { defineAction } from "@/app/_lib/define-action";
import { idField } from "@/lib/fields";
import { createPerson } from "@/lib/person/create";
import { erasePerson } from "@/lib/person/erase";
import { reinvitePerson } from "@/lib/person/reinvite";
import { createPersonSchema, eraseOnePersonSchema, updateOnePersonSchema } from "@/lib/person/schema";
import { unlinkIdentities } from "@/lib/person/unlink-identities";
import { updatePerson } from "@/lib/person/update";
import { resetSecondFactor } from "@/lib/second-factor/reset";
import { resetSecondFactorSchema } from "@/lib/second-factor/schema";
import { revokeAllSessions } from "@/lib/session/revoke";

const onePersonSchema = z.strictObject({ personId: idField });

export const createPersonAction = defineAction(createPersonSchema, createPerson);
export const updatePersonAction = defineAction(updateOnePersonSchema, updatePerson);
export const erasePersonAction = defineAction(eraseOnePersonSchema, erasePerson);
export const reinvitePersonAction = defineAction(onePersonSchema, reinvitePerson);
export const unlinkIdentitiesAction = defineAction(onePersonSchema, unlinkIdentities);
export const endSessionsAction = defineAction(onePersonSchema, revokeAllSessions);
export const resetSecondFactorAction = defineAction(resetSecondFactorSchema, resetSecondFactor);
