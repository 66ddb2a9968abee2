import type { BrowserContext } from "@playwright/test";
import type { Product } from "./product";

/** Every address that a browser goes to or asks for, from now on. */
export function collectUrls(context: BrowserContext): string[] {
  const urls: string[] = [];
  context.on("request", (request) => urls.push(request.url()));
  context.on("page", (page) => page.on("framenavigated", (frame) => urls.push(frame.url())));
  return urls;
}

/** The tables that hold a secret in any column, as text or as bytes. None, if all is well. */
export async function tablesThatHold(product: Product, secret: string): Promise<string[]> {
  const tables = await product.sql<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const hex = Buffer.from(secret).toString("hex");
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await product.sql(
      `SELECT 1 FROM ${name} AS row WHERE strpos(row::text, $1) > 0 OR strpos(row::text, $2) > 0 LIMIT 1`,
      [secret, hex],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}
