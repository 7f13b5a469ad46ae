/** A footlight on the stage's edge, throwing its beam up. */
export function LogoMark() {
  return (
    <svg className="logo-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="logo-beam" d="M16 20 8.9 3.4A1 1 0 0 1 9.8 2h12.4a1 1 0 0 1 .9 1.4Z" />
      <path className="logo-lamp" d="M6.5 24.5a9.5 9.5 0 0 1 19 0Z" />
      <rect className="logo-edge" x="3" y="26.5" width="26" height="3" rx="1.5" />
    </svg>
  );
}
