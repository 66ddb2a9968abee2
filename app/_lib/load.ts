import "server-only";
import { notFound } from "next/navigation";
import { GatehouseError } from "@/lib/errors";
import { HTTP_ERRORS } from "@/lib/http/status";

/**
 * What a page shows of a read: the value, or null where the reader may not see it (show `Forbidden`). Something that is
 * not there, or not theirs to see, ends in the not-found page. Anything else is thrown on to the error page.
 */
export async function load<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    if (error.code === "forbidden") return null;
    if (HTTP_ERRORS[error.code].status === 404) notFound();
    throw error;
  }
}
