"use client";

/** next-auth's double-submit token for its own forms; null where Gatehouse does not answer. */
export async function fetchCsrfToken(): Promise<string | null> {
  try {
    const response = await fetch("/api/auth/csrf", { cache: "no-store" });
    const body = (await response.json()) as { csrfToken?: unknown };
    return typeof body.csrfToken === "string" ? body.csrfToken : null;
  } catch {
    return null;
  }
}
