const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `847`, `1.2K`. */
export const formatCount = (count: number): string => compact.format(count);

/** `1 viewer`, `1.2K viewers`. */
export const formatViewers = (count: number): string =>
  `${formatCount(count)} ${count === 1 ? 'viewer' : 'viewers'}`;
