import { CommandError } from '../../command-line.ts';

/** Refuses a figure that is no number: it would be printed as an amount that nobody can check, and in JSON as null. */
export function checked(amount: number): number {
  if (Number.isFinite(amount)) return amount === 0 ? 0 : amount;
  throw new CommandError(
    `An amount of the cost report is ${amount}: a price or a number of the workload is too large, or a setting is no number.`,
  );
}

/** Everything of a report as JSON, with its amounts unrounded. */
export const reportJson = (report: object): string =>
  `${JSON.stringify(report, (_, value) => (typeof value === 'number' ? checked(value) : value), 2)}\n`;

/** Digits after the point that leave three of an amount below 1, and cents of those above. */
const fractionDigits = (amount: number): number =>
  amount === 0 ? 2 : Math.min(20, Math.max(2, 2 - Math.floor(Math.log10(Math.abs(amount)))));

/**
 * Writes US dollars for people, `$1,235`, `$12.35` or `$0.0000123`: without cents from a thousand on, and with three digits below one dollar.
 * This is the only place where dollars are rounded.
 */
export function formatUsd(usd: number): string {
  const amount = checked(usd);
  const isWhole = Math.abs(amount) >= 1000;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: isWhole ? 0 : 2,
    maximumFractionDigits: isWhole ? 0 : fractionDigits(amount),
  }).format(amount);
}

/** Writes a difference of US dollars with its sign, such as `+$12.35`. */
export const formatDifference = (usd: number): string => (usd > 0 ? `+${formatUsd(usd)}` : formatUsd(usd));

/** Writes a number of anything: whole from a thousand on, with three digits below. */
export function formatNumber(number: number): string {
  const amount = checked(number);
  const digits = Math.abs(amount) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return new Intl.NumberFormat('en-US', digits).format(amount);
}

/** Writes a share from 0 to 1 as `49%`, with one digit below 10 %. */
export const formatShare = (share: number): string =>
  new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: Math.abs(share) < 0.1 ? 1 : 0 }).format(
    checked(share),
  );
