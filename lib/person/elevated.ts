import type { ConsoleRole } from "./console-role";

/** True for the console roles that only `person.elevate` may give, change or suspend. */
export function isElevated(role: ConsoleRole | undefined): boolean {
  return role === "owner" || role === "admin";
}
