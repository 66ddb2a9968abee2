/**
 * Client-safe: how people prove who they are, and what class of sign-in that makes. Methods are those of RFC 8176, classes
 * the profiles of REFEDS, which identity providers and clients outside know too.
 */

/** The methods that are told apart here; an identity provider may name others. */
export const METHOD = { password: "pwd", oneTimeCode: "otp", multiFactor: "mfa" } as const;

/** The class of a sign-in with a password alone. */
export const SINGLE_FACTOR_CLASS = "https://refeds.org/profile/sfa";
/** The class of a sign-in with a second factor. */
export const MULTI_FACTOR_CLASS = "https://refeds.org/profile/mfa";

/** Every class that a client may ask for (`acr_values`). */
export const CLASSES = [MULTI_FACTOR_CLASS, SINGLE_FACTOR_CLASS] as const;
export type SignInClass = (typeof CLASSES)[number];

/** True where more than one factor was proved. */
export const isMultiFactor = (amr: readonly string[]): boolean => amr.includes(METHOD.multiFactor);

/** The class of a sign-in by its methods; null where nobody knows how it was (a provider that does not say). */
export function classOf(amr: readonly string[]): SignInClass | null {
  if (isMultiFactor(amr)) return MULTI_FACTOR_CLASS;
  return amr.includes(METHOD.password) ? SINGLE_FACTOR_CLASS : null;
}

/** The classes that are known here, of those in a request's `acr_values` (separated by spaces). */
export function knownClasses(acrValues: string | undefined): SignInClass[] {
  const wanted = new Set(acrValues?.split(" "));
  return CLASSES.filter((known) => wanted.has(known));
}

/** True where a sign-in with these methods is of one of the classes; more factors than were asked for are never too many. */
export function meets(amr: readonly string[], wanted: readonly SignInClass[]): boolean {
  const is = classOf(amr);
  return is !== null && (wanted.includes(is) || (is === MULTI_FACTOR_CLASS && wanted.includes(SINGLE_FACTOR_CLASS)));
}

/** The methods after a code of the second factor was given too. */
export function withSecondFactor(amr: readonly string[]): string[] {
  return [...new Set([...amr, METHOD.oneTimeCode, METHOD.multiFactor])];
}

/** The most that is kept of what a provider says. */
const MAX_METHODS = 10;
const METHOD_FORM = /^[\w.:/-]{1,40}$/;

/**
 * The methods of an identity provider's ID token: its `amr`, as far as it has the form, and multi-factor also where it says so
 * by `acr` alone.
 */
export function methodsOf(claims: { amr?: unknown; acr?: unknown }): string[] {
  const named = Array.isArray(claims.amr)
    ? claims.amr.filter((method): method is string => typeof method === "string" && METHOD_FORM.test(method))
    : [];
  const methods = named.slice(0, MAX_METHODS);
  const multiFactor = named.includes(METHOD.multiFactor) || claims.acr === MULTI_FACTOR_CLASS;
  return multiFactor ? [...new Set([...methods, METHOD.multiFactor])] : methods;
}
