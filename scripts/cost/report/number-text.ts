/** US dollars for people: whole ones from a hundred, and as many digits below as tell small amounts apart. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0';
  const size = Math.abs(usd);
  if (size >= 100) return `$${usd.toLocaleString('en', { maximumFractionDigits: 0 })}`;
  if (size >= 0.01) return `$${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${usd.toLocaleString('en', { maximumSignificantDigits: 2 })}`;
}

/** An amount for people, with three digits below a thousand. */
export const amount = (value: number): string =>
  Math.abs(value) >= 1000
    ? value.toLocaleString('en', { maximumFractionDigits: 0 })
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });
