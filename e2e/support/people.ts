import type { Gatehouse } from "./gatehouse";
import { unique } from "./journey";

export const PASSWORD = "a password for one journey";

/** A person of one journey alone, so that nothing that happens to them touches another one. */
export async function newPerson({ api }: Gatehouse, more: Record<string, unknown> = { password: PASSWORD }) {
  const name = unique("Guest");
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.com`;
  const made = await api.post<{ id: string; inviteUrl?: string }>("/people", {
    ...{ name, email, consoleRole: "member" },
    ...more,
  });
  return { ...made, name, email, password: PASSWORD };
}
