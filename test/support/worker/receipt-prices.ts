import type { ReceiptPrices } from '../../../shared/domain/receipt.ts';

/** Prices that are easy to reckon with. */
export const PRICES: ReceiptPrices = {
  puts: 0.000005,
  gets: 0.0000004,
  reads: 0.000000125,
  writes: 0.000000625,
  sqs: 0.0000004,
  cpuSecond: 0.00001,
  date: '2026-08-01',
};
