import { CliError, toCliError } from "./failure";

/** Runs a search; where its query is faulty, each fault is shown under the characters that it is about. */
export async function pointing<T>(query: string | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const known = toCliError(error);
    const faults = known?.fields.filter(({ from }) => from !== undefined) ?? [];
    if (!known || query === undefined || faults.length === 0) throw error;
    throw new CliError(known.exit, known.code, [query, ...faults.map(under)].join("\n"), known.fields);
  }
}

const under = ({ from = 0, to = from, message }: { from?: number; to?: number; message: string }): string =>
  `${" ".repeat(from)}${"^".repeat(Math.max(1, to - from))} ${message}`;
