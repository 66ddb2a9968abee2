import next from "@next/eslint-plugin-next";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

const TESTS = [
  "**/*.test.ts",
  "**/*.test.tsx",
  "lib/testing/**",
  "e2e/**",
  "server/process-tests/**",
  "server/fault-tests/**",
];

/** @param {readonly [string, string][]} zones Regular expressions of imports that are refused, each with the reason. */
const refuse = (...zones) => ["error", { patterns: zones.map(([regex, message]) => ({ regex, message })) }];

/** Both ways to name a folder of the project. */
const ROOT = "^(@/|(\\.\\./)+)";
const NOT_UPWARD = [`${ROOT}(app|components|server|cli)/`, "lib holds the rules: it imports nothing from above."];
const DATABASE = "^(@/lib/generated/|@prisma/|pg$)";
const DOMAINS = "(agent|key|limit|overview|person|policy|role|scope|server|session|token|tool|toolcall|validate)";
const WRITES =
  "(accept|archive|assign|create|delete|end|import|insert|invite|issue|mint|revoke|revoke-all|rotate|unassign|update)";

/** A file that exports only what `maker` made. */
const exportsOnly = (maker, message) => [
  "error",
  ...[
    `ExportNamedDeclaration > VariableDeclaration > VariableDeclarator:not([init.callee.name="${maker}"])`,
    "ExportNamedDeclaration > FunctionDeclaration",
    "ExportNamedDeclaration[specifiers.length>0]",
    "ExportDefaultDeclaration",
    "ExportAllDeclaration",
  ].map((selector) => ({ selector, message })),
];

export default typescript.config(
  {
    ignores: [
      "node_modules",
      ".next*",
      "dist",
      "lib/generated",
      "next-env.d.ts",
      "bench/dist",
      "**/.data*",
      "coverage",
    ],
  },
  ...typescript.configs.recommended,
  {
    plugins: { "react-hooks": hooks, "@next/next": next },
    files: ["app/**/*.tsx", "components/**/*.tsx"],
    rules: { ...hooks.configs.recommended.rules, ...next.configs.recommended.rules },
  },
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "prefer-const": ["error", { ignoreReadBeforeAssign: true }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  // The directions of docs/architecture.md.
  { files: ["lib/**"], ignores: TESTS, rules: { "no-restricted-imports": refuse(NOT_UPWARD) } },
  {
    files: ["lib/authz/**", "lib/audit/**", "lib/errors.ts", "lib/crypto/**"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": refuse(NOT_UPWARD, [
        `${ROOT}(lib/)?${DOMAINS}/(?!schema$|console-role$)`,
        "authz, audit, errors and crypto are below the domains.",
      ]),
    },
  },
  {
    files: ["lib/validate/**"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": refuse(NOT_UPWARD, [
        `${ROOT}(lib/)?${DOMAINS}/${WRITES}$`,
        "validate decides; it changes nothing.",
      ]),
    },
  },
  {
    files: ["app/**"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": refuse(
        [DATABASE, "Screens and routes call verbs; the database is theirs."],
        [`${ROOT}(server|cli)/`, "The processes import the app's rules, never the other way."],
      ),
    },
  },
  {
    files: ["components/**"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": refuse(
        [`${DATABASE}|^server-only$|^@/lib/(db|env|verb)$`, "Components get DTOs as props."],
        [`${ROOT}(app|server|cli)/`, "Components know no screen."],
      ),
    },
  },
  {
    files: ["lib/**", "app/**", "components/**"],
    ignores: [...TESTS, "lib/env.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "lib/env.ts reads the environment." },
      ],
    },
  },
  {
    files: ["app/**/actions.ts"],
    rules: {
      "no-restricted-syntax": exportsOnly("defineAction", "Anybody can call an action: defineAction guards it."),
    },
  },
  {
    files: ["app/api/v1/**/route.ts"],
    // The description of the API, what is not there, and the adapter of the authority's own endpoint.
    ignores: ["app/api/v1/openapi.json/**", "app/api/v1/\\[...rest\\]/**", "app/api/v1/validate/**"],
    rules: { "no-restricted-syntax": exportsOnly("defineRoute", "defineRoute authenticates, and parses both ways.") },
  },
  {
    files: ["scripts/**"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
      },
    },
  },
);
