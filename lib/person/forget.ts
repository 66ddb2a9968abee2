import "server-only";
import { ERASED } from "@/lib/audit/personal/ref";
import type { Tx } from "@/lib/db";
import { takeOff } from "@/lib/second-factor/take-off";

/** Shorter words stand in everybody's texts. */
const SHORTEST_WORD = 3;

/** Forgets how somebody signed in and where from, what they kept for themself and what they were told. */
export async function forgetWays(tx: Tx, personId: string) {
  const own = { where: { personId } };
  const { count: identities } = await tx.personIdentity.deleteMany(own);
  const { count: links } = await tx.oneTimeLink.deleteMany(own);
  await takeOff(tx, personId);
  await tx.session.updateMany({ ...own, data: { ip: null, userAgent: null } });
  await tx.oauthGrant.updateMany({ ...own, data: { ip: null, userAgent: null } });
  await tx.grantActivity.updateMany({ where: { grant: { personId } }, data: { lastIp: null } });
  await tx.tokenActivity.updateMany({ where: { token: { personId } }, data: { lastIp: null } });
  await tx.oauthArtifact.deleteMany(own);
  await tx.notice.deleteMany({ where: { recipientId: personId } });
  await tx.notice.updateMany({ ...own, data: { ip: null } });
  await tx.auditReading.deleteMany({ where: { reader: personId } });
  const { count: savedSearches } = await tx.savedSearch.deleteMany({ where: { ownerId: personId } });
  return { identities, links, savedSearches };
}

/** A text as a regular expression of PostgreSQL's, that finds it in any case where it stands by itself. */
function patternOf(text: string): string {
  const [first, last] = [/^[\p{L}\p{N}]/u.test(text) ? "\\m" : "", /[\p{L}\p{N}]$/u.test(text) ? "\\M" : ""];
  return first + text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") + last;
}

type Said = { field: string; value: string };

/**
 * Patterns of all that somebody is or was called: `whole` where no word of a query can be meant (addresses, and names of several
 * words), and `any` of it, word by word (of an address what stands before its @).
 */
function patternsOf(said: readonly Said[]): { whole: string[]; any: string[] } {
  const called = said.map(({ value }) => value);
  const words = said.flatMap(({ field, value }) => {
    const text = field === "email" ? value.slice(0, value.lastIndexOf("@")) : value;
    return text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  });
  const long = words.filter((word) => word.length >= SHORTEST_WORD);
  return {
    whole: [...new Set(called.filter((value) => /[@ ]/.test(value)).map(patternOf))],
    any: [...new Set([...called, ...long].map(patternOf))],
  };
}

/** Puts somebody's id in place of their names in what others ask the log, and takes it out of what receivers answered. */
async function reword(tx: Tx, called: string, personId: string): Promise<number> {
  const searches = await tx.$executeRaw`
    UPDATE saved_search SET query = regexp_replace(query, ${called}, ${personId}, 'gi'), fault = NULL,
      name = CASE WHEN name ~* ${called} THEN 'Search ' || id ELSE name END
    WHERE query ~* ${called} OR name ~* ${called} OR fault ~* ${called}`;
  const sinks = await tx.$executeRaw`
    UPDATE audit_sink SET query = regexp_replace(query, ${called}, ${personId}, 'gi'),
      last_error = regexp_replace(last_error, ${called}, ${ERASED}, 'gi')
    WHERE query ~* ${called} OR last_error ~* ${called}`;
  await tx.$executeRaw`
    UPDATE audit_dead_letter SET error = regexp_replace(error, ${called}, ${ERASED}, 'gi') WHERE error ~* ${called}`;
  return searches + sinks;
}

/**
 * Deletes what the log's commitments to somebody's names and addresses stand for, and the words of searches in which any of them
 * stands. Searches that others keep ask for their id from now on; what receivers said of them is taken back.
 */
export async function eraseWords(tx: Tx, personId: string) {
  const said = await tx.auditPersonal.findMany({ where: { personId }, select: { field: true, value: true } });
  const { whole, any } = patternsOf(said);
  const texts = await tx.$executeRaw`
    DELETE FROM audit_personal WHERE field = 'text' AND value ~* ANY(${any}::text[])`;
  const { count: values } = await tx.auditPersonal.deleteMany({ where: { personId } });
  return { values, texts, reworded: whole.length > 0 ? await reword(tx, whole.join("|"), personId) : 0 };
}
