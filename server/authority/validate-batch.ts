import { MAX_BATCH_BYTES, answerValidateBatch } from "@/lib/validate/endpoint";
import type { MachineRoute } from "./http";

/** `POST /api/v1/validate/batch`: up to 100 questions, answered in their order. */
export const validateBatchRoute: MachineRoute = {
  method: "POST",
  path: "/api/v1/validate/batch",
  maxBodyBytes: MAX_BATCH_BYTES,
  handle: answerValidateBatch,
};
