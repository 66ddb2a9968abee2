import { GatehouseError } from "@/lib/errors";
import { errors } from "./library";

/** A failure of ours that passes: the client tries again. */
class TemporarilyUnavailable extends errors.OIDCProviderError {
  constructor(cause: unknown) {
    super(503, "temporarily_unavailable");
    this.error_description = "try again in a moment";
    this.cause = cause;
    this.expose = true;
  }
}

/** A verb's refusal in the words of RFC 6749 §5.2. What is none is thrown on. */
export function asOAuthError(error: unknown): never {
  if (!(error instanceof GatehouseError)) throw error;
  switch (error.code) {
    case "unavailable":
    case "write_conflict":
      throw new TemporarilyUnavailable(error);
    case "forbidden":
      throw new errors.InvalidGrant({ detail: error.internal ?? "not given", cause: error });
    default:
      throw error;
  }
}
