/** What a person may do in the console, widest first. */
export const CONSOLE_ROLES = ["owner", "admin", "auditor", "member"] as const;
export type ConsoleRole = (typeof CONSOLE_ROLES)[number];
