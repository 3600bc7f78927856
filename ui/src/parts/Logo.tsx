export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 20 20" aria-hidden="true">
      <rect x="1" y="1" width="18" height="18" rx="4.5" fill="var(--accent)" />
      <path d="M5 6.5h10M5 10h6.5M5 13.5h8.5" stroke="var(--text-on-accent)" strokeWidth="1.6" strokeLinecap="round" />
      <circle cx="15" cy="10" r="1.3" fill="var(--text-on-accent)" />
    </svg>
  );
}
