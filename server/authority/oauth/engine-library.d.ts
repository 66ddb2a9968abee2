// The parts of the library that `library.ts` takes by their own files have no types there: they have those of its index.
declare module "oidc-provider/lib/provider.js" {
  export { default as Provider } from "oidc-provider";
}
declare module "oidc-provider/lib/helpers/errors.js" {
  import { errors } from "oidc-provider";
  export default errors;
}
declare module "oidc-provider/lib/helpers/interaction_policy/index.js" {
  import { interactionPolicy } from "oidc-provider";
  export default interactionPolicy;
}
declare module "oidc-provider/lib/actions/grants/device_code.js" {
  import type Provider from "oidc-provider";
  import type { TokenEndpointGrantContext } from "oidc-provider";
  /** The engine's own device grant. `helpers`: those of `helpers/grants.js`, bound to the provider. */
  export function handler(provider: Provider, helpers: object, ctx: TokenEndpointGrantContext<object>): Promise<void>;
}
