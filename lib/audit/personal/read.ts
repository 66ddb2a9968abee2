import "server-only";
import { pool } from "@/lib/db";
import { commitmentsIn, opened, type Personal } from "./ref";

/** What the commitments in some bodies stand for, by one query; those that are not there were erased. */
export type Opened = ReadonlyMap<string, string>;

const NOTHING: Opened = new Map();

/** Reads what the commitments in some bodies stand for. */
export async function readPersonal(bodies: readonly string[]): Promise<Opened> {
  const commitments = [...new Set(bodies.flatMap(commitmentsIn))];
  if (commitments.length === 0) return NOTHING;
  const { rows } = await pool().query<{ commitment: string; value: string }>({
    name: "read-personal",
    text: "SELECT commitment, value FROM audit_personal WHERE commitment = ANY($1)",
    values: [commitments],
  });
  return new Map(rows.map(({ commitment, value }) => [commitment, value]));
}

/** What stands beside one body: each of its commitments with what it stands for. */
export const personalOf = (body: string, known: Opened): Personal =>
  Object.fromEntries(commitmentsIn(body).map((commitment) => [commitment, known.get(commitment) ?? null]));

/** A body to be read by people: with clear values in place of commitments. */
export const openedBody = (body: string, known: Opened): string => opened(body, (commitment) => known.get(commitment));
