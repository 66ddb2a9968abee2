import { MAX_VALIDATE_BYTES, answerValidate } from "@/lib/validate/endpoint";
import type { MachineRoute } from "./http";

/** `POST /api/v1/validate`: may this token make this call, now? */
export const validateRoute: MachineRoute = {
  method: "POST",
  path: "/api/v1/validate",
  maxBodyBytes: MAX_VALIDATE_BYTES,
  handle: answerValidate,
};
