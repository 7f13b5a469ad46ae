/** A footlight on the stage's edge, throwing its light up. */
export function LogoMark() {
  return (
    <svg className="logo-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="logo-beam" d="M16 11.5V3.5M8.6 13.6 4.2 6.9M23.4 13.6l4.4-6.7" />
      <path className="logo-lamp" d="M6.5 25a9.5 9.5 0 0 1 19 0Z" />
      <path className="logo-edge" d="M4 28.5h24" />
    </svg>
  );
}
