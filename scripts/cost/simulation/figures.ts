/** Seconds as people say them, such as `0.3 s` or `12 min 5 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export const number = (value: number, digits = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const dollars = (value: number): string => `$${number(value, 2)}`;

/** A share, 0 to 1, as a whole percentage. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
