/**
 * The one style sheet that a library inserts without the page's nonce: sonner's, at the moment it loads. It is allowed
 * by its content (CSP Level 3 §8.4); the empty one is the same element before it is filled. A test compares both with
 * the installed package.
 */
export const SONNER_STYLE_HASHES = [
  "'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='",
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
] as const;

/**
 * What a page may load and run (CSP Level 3). Scripts and style sheets need the nonce of this very answer. Style
 * attributes are free: they can run nothing, and positioned and animated components cannot do without. Next's
 * development server needs `eval`, its socket, and style elements of its own.
 */
export function contentSecurityPolicy(options: { nonce: string; development: boolean }): string {
  const { nonce, development } = options;
  const styles = development ? "'unsafe-inline'" : `'nonce-${nonce}' ${SONNER_STYLE_HASHES.join(" ")}`;
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${styles}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
