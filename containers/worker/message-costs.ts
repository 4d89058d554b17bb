import {
  addBilled,
  type BilledRequests,
  divideBilled,
  NOTHING_BILLED,
  type Receipt,
  type ReceiptPrices,
  receiptOf,
  subtractBilled,
} from '../../shared/domain/receipt.ts';
import { billedRequests, openRequestLedger, type RequestLedger } from '../../shared/runtime/aws-requests.ts';

/** The costs of one attempt at a rendition. */
export interface AttemptCosts {
  /** Counts what is asked of AWS for this rendition alone. */
  requests: RequestLedger;
  /** Adds milliseconds of processor time. */
  addCpu(ms: number): void;
  cpuMs(): number;
  /** All that the attempt has cost until the write that adds it to the rendition, that write included. */
  receipt(ending: Ending): Receipt;
}

type Ending = keyof typeof LAST_WRITES;

/**
 * The write that adds a receipt is in it before it is made. A failure has an entry in the index of failures too. `apart` is a write for nothing but
 * the receipt, where an attempt may not write, or not any more, how it ended.
 */
const LAST_WRITES = {
  ready: { writes: 1 },
  failed: { writes: 2 },
  returned: { writes: 1 },
  apart: { writes: 1 },
} as const satisfies Record<string, Partial<BilledRequests>>;

/**
 * When the renditions of a message are done, their processor time is added to what their owner has used, and SQS is asked once more: to remove the
 * message, or to let it come again.
 */
const MESSAGE_END: Partial<BilledRequests> = { sqs: 1, writes: 1 };

/**
 * Divides what is asked of AWS for a message, and for none of its renditions alone, between the renditions that are begun: each takes an equal part of
 * what no other has taken when it ends. The parts of all come to the whole, but for the description of the original, which no rendition asked for, and
 * for what it takes to decide which watermarks may be shown, by which a receipt would tell of images that are hidden from its reader.
 */
export function openMessageCosts(message: RequestLedger, prices: ReceiptPrices | undefined) {
  const ofOriginal = openRequestLedger(message);
  const ofDecisions = openRequestLedger(message);
  const apart = [ofOriginal, ofDecisions];
  let taken = NOTHING_BILLED;
  let allCpuMs = 0;
  let waiting = 0;
  const takeShare = (): BilledRequests => {
    const own = apart.map((ledger) => billedRequests(ledger.counts())).reduce(addBilled, taken);
    const shared = subtractBilled(addBilled(billedRequests(message.counts()), MESSAGE_END), own);
    const share = divideBilled(shared, waiting);
    waiting -= 1;
    taken = addBilled(taken, share);
    return share;
  };
  return {
    /** Counts what is asked for the original itself. */
    ofOriginal,
    /** Counts what is asked in order to decide what an owner may know of. No receipt has it. */
    ofDecisions,
    /** Milliseconds of processor time of all attempts. */
    cpuMs: () => allCpuMs,
    /** Opens the ledger in which an attempt begins. */
    openLedger: () => openRequestLedger(message),
    /** Costs of an attempt that was begun with this ledger. */
    openAttempt(requests: RequestLedger): AttemptCosts {
      apart.push(requests);
      waiting += 1;
      let cpuMs = 0;
      let share: BilledRequests | undefined;
      return {
        requests,
        addCpu(ms) {
          cpuMs += ms;
          allCpuMs += ms;
        },
        cpuMs: () => cpuMs,
        receipt(ending) {
          share ??= takeShare();
          const own = addBilled(billedRequests(requests.counts()), LAST_WRITES[ending]);
          return receiptOf({ ...addBilled(own, share), cpuMs }, prices);
        },
      };
    },
  };
}

export type MessageCosts = ReturnType<typeof openMessageCosts>;
