/** How a program of ours becomes one file: its own code within it, packages outside. */
export const bundleOptions = {
  bundle: true,
  format: /** @type {const} */ ("esm"),
  platform: /** @type {const} */ ("node"),
  target: "node20.19",
  packages: /** @type {const} */ ("external"),
  // It throws outside of React's server condition; these programs are the server.
  alias: { "server-only": "./lib/testing/server-only.ts" },
  sourcemap: true,
  logLevel: /** @type {const} */ ("warning"),
};
