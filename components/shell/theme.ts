/** Client-safe: how the reader's theme is kept. A cookie, so that the server renders it and nothing flashes. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_COOKIE = "gatehouse_theme";

/** The theme that a cookie names; anything else follows the system. */
export function parseTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? "system";
}
