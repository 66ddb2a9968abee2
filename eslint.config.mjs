import next from "@next/eslint-plugin-next";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

const TESTS = ["**/*.test.ts", "**/*.test.tsx", "lib/testing/**", "e2e/**", "server/process-tests/**"];

/** @param {readonly [readonly string[], string][]} zones Patterns of imports that are refused, with the reason. */
const refuse = (...zones) => ["error", { patterns: zones.map(([group, message]) => ({ group: [...group], message })) }];

const NOT_UPWARD = [
  ["@/app/*", "@/app/**", "@/components/**", "@/server/**", "@/cli/**"],
  "lib holds the rules: it imports nothing from above.",
];
const WRITES = ["create", "update", "delete", "mint", "rotate", "revoke", "revoke-all", "issue", "import", "archive"];

export default typescript.config(
  { ignores: ["node_modules", ".next*", "dist", "lib/generated", "next-env.d.ts", "bench", ".data*", "coverage"] },
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
        ["@/lib/{token,role,scope,tool,server,agent,key,validate,session,overview}/!(schema)"],
        "authz, audit, errors and crypto are below the domains.",
      ]),
    },
  },
  {
    files: ["lib/validate/**"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": refuse(NOT_UPWARD, [
        WRITES.map((verb) => `@/lib/{token,role,scope,tool,server,agent,key,person}/${verb}`),
        "validate decides; it changes nothing.",
      ]),
    },
  },
  {
    files: ["app/**"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": refuse(
        [["@/lib/generated/**", "@prisma/*", "pg"], "Screens and routes call verbs; the database is theirs."],
        [["@/server/**", "@/cli/**"], "The processes import the app's rules, never the other way."],
      ),
    },
  },
  {
    files: ["components/**"],
    ignores: TESTS,
    rules: {
      "no-restricted-imports": refuse(
        [
          ["@/lib/generated/**", "@prisma/*", "pg", "server-only", "@/lib/db", "@/lib/env", "@/lib/verb"],
          "Components get DTOs as props.",
        ],
        [["@/app/**", "@/server/**", "@/cli/**"], "Components know no screen."],
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
