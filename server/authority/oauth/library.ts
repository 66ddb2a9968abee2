import type { errors as Errors, interactionPolicy as Policy } from "oidc-provider";
import * as errorClasses from "oidc-provider/lib/helpers/errors.js";
import * as policyClasses from "oidc-provider/lib/helpers/interaction_policy/index.js";

/**
 * The OAuth engine's library. Its index complains of Node 20, where all that is used here works (our tests run there): so its
 * parts are taken from their own files.
 */
export { Provider } from "oidc-provider/lib/provider.js";
/** With the one for a client that does not prove who it is, which the types leave out. `detail` is for the log alone. */
export const errors = errorClasses as unknown as typeof Errors & {
  InvalidClientAuth: new (detail: string) => Errors.OIDCProviderError;
};
export const interactionPolicy = policyClasses as unknown as typeof Policy;
