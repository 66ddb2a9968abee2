import pg from "pg";
import { StartError } from "../start-error";

const OLDEST_VERSION = 15;
const CONNECT_MS = 8_000;

/** Host, port and database of a connection string, without the login: safe to print. */
export function printableDatabase(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host || "localhost"}${pathname}`;
}

function sentence(error: NodeJS.ErrnoException, url: string): string {
  const where = printableDatabase(url);
  switch (error.code) {
    case "28P01":
    case "28000":
      return `The database at ${where} refuses the login in DATABASE_URL.`;
    case "3D000":
      return `The database server has no database ${new URL(url).pathname.slice(1)}: create it, or change DATABASE_URL.`;
    case "53300":
      return `The database at ${where} has no free connection.`;
    case "57P03":
      return `The database at ${where} is starting or stopping: try again in a moment.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The database cannot be reached: there is no host ${new URL(url).hostname} (DATABASE_URL).`;
    case "ECONNREFUSED":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return `The database at ${where} cannot be reached (${error.code}): check DATABASE_URL.`;
    default:
      return `What listens at ${where} does not answer as a PostgreSQL server that can be used: check DATABASE_URL.`;
  }
}

/** Throws `StartError` where the database of `DATABASE_URL` cannot be used: away, wrong login, too old, not PostgreSQL. */
export async function requireUsableDatabase(url: string): Promise<void> {
  if (!URL.canParse(url)) throw new StartError("DATABASE_URL is not usable: it is not an address.");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on("error", () => undefined);
  let versionNumber: number;
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version_num') AS version");
    versionNumber = Number(rows[0]?.version);
  } catch (error) {
    throw new StartError(sentence(firstOf(error), url));
  } finally {
    await client.end().catch(() => undefined);
  }
  requireNewEnough(url, versionNumber);
}

/** Throws `StartError` where a server's `server_version_num` (150004 is 15.4) is older than Gatehouse needs, or none. */
export function requireNewEnough(url: string, versionNumber: number): void {
  if (Number.isNaN(versionNumber)) throw new StartError(sentence(new Error("no version"), url));
  const major = Math.floor(versionNumber / 10_000);
  if (major < OLDEST_VERSION)
    throw new StartError(
      `The database at ${printableDatabase(url)} is PostgreSQL ${major}: Gatehouse needs ${OLDEST_VERSION} or newer.`,
    );
}

/** A host with several addresses fails with one error for each. */
function firstOf(error: unknown): NodeJS.ErrnoException {
  return error instanceof AggregateError
    ? (error.errors[0] as NodeJS.ErrnoException)
    : (error as NodeJS.ErrnoException);
}
