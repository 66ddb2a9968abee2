"use server";

import { defineAction } from "@/app/_lib/define-action";
import { dismissNotice } from "@/lib/notice/dismiss";
import { dismissNoticeSchema } from "@/lib/notice/schema";

export const dismissNoticeAction = defineAction(dismissNoticeSchema, dismissNotice);
