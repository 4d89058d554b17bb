/** What AWS bills for the work on a rendition, beside the time of processors. Requests for which it takes nothing are not in it. */
export interface BilledRequests {
  /** Requests to S3 at the price of a PUT, which are also POST and LIST. */
  puts: number;
  /** Requests to S3 at the price of a GET. */
  gets: number;
  /** Read units of DynamoDB. */
  reads: number;
  /** Write units of DynamoDB, those of its indexes included. */
  writes: number;
  /** Requests to SQS. */
  sqs: number;
}

/**
 * What a rendition has cost so far, all attempts included. Its numbers are attributes of the rendition's item, so that several workers can add to
 * them at once, and its names are short: they take about 60 bytes of an item, of which each KB is a write unit.
 */
export interface Receipt extends BilledRequests {
  /** Milliseconds of processor time in image processes. That of a process that died is known where proc(5) is. */
  cpuMs: number;
  /** USD, each attempt by the prices of its time. */
  usd?: number;
  /** The oldest date of the prices of the latest attempt that had any, YYYY-MM-DD. */
  priced?: string;
  /** How many attempts were made without prices, which `usd` lacks. */
  unpriced?: number;
}

/** Unit prices in USD, of one request, one unit and one second of a processor. */
export interface ReceiptPrices extends BilledRequests {
  cpuSecond: number;
  /** The oldest date of these prices, YYYY-MM-DD. */
  date: string;
}

export const NOTHING_BILLED: BilledRequests = { puts: 0, gets: 0, reads: 0, writes: 0, sqs: 0 };

/** The numbers of a receipt. */
export const RECEIPT_NUMBERS = ['cpuMs', ...Object.keys(NOTHING_BILLED), 'usd', 'unpriced'] as (keyof Omit<
  Receipt,
  'priced'
>)[];

export const BILLED_NAMES = Object.keys(NOTHING_BILLED) as (keyof BilledRequests)[];

const combine =
  (operation: (a: number, b: number) => number) =>
  (a: Partial<BilledRequests>, b: Partial<BilledRequests>): BilledRequests =>
    Object.fromEntries(
      BILLED_NAMES.map((name) => [name, operation(a[name] ?? 0, b[name] ?? 0)]),
    ) as unknown as BilledRequests;

export const addBilled = combine((a, b) => a + b);
export const subtractBilled = combine((a, b) => a - b);

/** A part of what several share. */
export const divideBilled = (billed: BilledRequests, by: number): BilledRequests =>
  combine((a) => a / by)(billed, NOTHING_BILLED);

/** Thousandths of a request are enough for a share, and hundred-millionths of a cent for a price; more digits would take more bytes. */
const SHARE_DIGITS = 3;
const USD_DIGITS = 10;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** The receipt of one attempt, which is to be added to those of the others. */
export function receiptOf(attempt: BilledRequests & { cpuMs: number }, prices: ReceiptPrices | undefined): Receipt {
  const shares = Object.fromEntries(
    BILLED_NAMES.map((name) => [name, rounded(attempt[name], SHARE_DIGITS)]),
  ) as unknown as BilledRequests;
  const receipt = { ...shares, cpuMs: Math.round(attempt.cpuMs) };
  return prices ? { ...receipt, ...price(receipt, prices) } : { ...receipt, unpriced: 1 };
}

/** The price of requests and processor time, in USD, with the date of the prices. Tiers, allowances and idle time are not in it. */
export function price(
  cost: BilledRequests & { cpuMs: number },
  prices: ReceiptPrices,
): Required<Pick<Receipt, 'usd' | 'priced'>> {
  const requests = BILLED_NAMES.reduce((sum, name) => sum + cost[name] * prices[name], 0);
  return { usd: rounded(requests + (cost.cpuMs / 1000) * prices.cpuSecond, USD_DIGITS), priced: prices.date };
}
