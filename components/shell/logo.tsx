/** The mark: a gatehouse with its gate open. */
export function Logo({ className = "size-6" }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" fill="none" className={className}>
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <path
        d="M7 25V10.5h3.2V8h3.1v2.5h5.4V8h3.1v2.5H25V25h-5.2v-5.3a3.8 3.8 0 0 0-7.6 0V25H7Z"
        className="fill-on-accent"
      />
    </svg>
  );
}
