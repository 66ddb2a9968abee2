/** Client-safe. The id of the built-in server: Gatehouse's own admin API. A migration makes it. */
export const BUILTIN_SERVER_ID = "srv_gatehouse";
