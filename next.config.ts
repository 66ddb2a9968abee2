import type { NextConfig } from "next";

/**
 * Headers that never differ between answers. The ones that need a nonce or the public address (CSP, HSTS) are set where
 * the request is seen: `proxy.ts` and the authority.
 */
const HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
];

const config: NextConfig = {
  distDir: process.env.GATEHOUSE_DIST_DIR ?? ".next",
  poweredByHeader: false,
  reactStrictMode: true,
  // Native parts, or modules that must be one instance in the process.
  serverExternalPackages: ["pg", "argon2", "@prisma/client", "@prisma/adapter-pg", "pino"],
  // A lock file further up must not move the project's root.
  turbopack: { root: import.meta.dirname },
  // `npm test` checks types as a stage of its own; doing it again would double the first start.
  typescript: { ignoreBuildErrors: true },
  // Next's development server would print what actions are called with: passwords and one-time links among it.
  logging: { serverFunctions: false },
  headers: () => Promise.resolve([{ source: "/:path*", headers: HEADERS }]),
};

export default config;
