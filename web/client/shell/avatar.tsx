/** Warm and cool gel filters of stage lamps; dark text reads on each. */
const GELS = ['#ffb35c', '#ff9d86', '#f2c14e', '#9ad0a8', '#8fc7e8', '#c3b1f5', '#f0a6c8'];

/** A channel's initial on a colour that stays its own. */
export function Avatar({
  channel,
  size = 'medium',
}: {
  channel: string;
  size?: 'medium' | 'large';
}) {
  const sum = [...channel].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span
      className={`avatar avatar-${size}`}
      style={{ background: GELS[sum % GELS.length] }}
      aria-hidden="true"
    >
      {channel.charAt(0).toUpperCase()}
    </span>
  );
}
