/** Client-safe: trusted identity providers, in words. */

/** For how many people a provider can speak: those whose account there is linked. */
export function peopleWords(count: number): string {
  if (count === 0) return "nobody yet: no account there is linked";
  return count === 1 ? "one person, whose account there is linked" : `${count} people, whose accounts there are linked`;
}
