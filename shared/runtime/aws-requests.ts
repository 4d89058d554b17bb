import { AsyncLocalStorage } from 'node:async_hooks';
import type { BilledRequests } from '../domain/receipt.ts';

/** How many requests there were, and the units of DynamoDB. */
export interface RequestCounts {
  /** By operation, whose names are unique among S3, DynamoDB and SQS. Each try of the SDK counts, also one that nothing has answered. */
  requests: Record<string, number>;
  readUnits: number;
  writeUnits: number;
}

/** Counts requests that are made for one purpose. */
export interface RequestLedger {
  /** Counts one try of a request. */
  count(operation: string): void;
  /** Counts the units that DynamoDB has taken for an operation. */
  countUnits(operation: string, units: number): void;
  /** All that was counted since the ledger was opened or emptied. */
  counts(): RequestCounts;
  /** Takes out everything that was counted. */
  take(): RequestCounts;
  /** Adds what another ledger has counted. */
  add(counts: RequestCounts): void;
}

/** How AWS bills an operation. */
type Billing = keyof BilledRequests | 'free';

/**
 * Every operation of the services, by what it is billed as (https://aws.amazon.com/s3/pricing/, https://aws.amazon.com/dynamodb/pricing/on-demand/
 * and https://aws.amazon.com/sqs/pricing/, all read on 2026-11-30). S3 takes nothing for DELETE and CANCEL; DynamoDB bills units and not requests.
 */
const OPERATIONS = {
  PutObject: 'puts',
  CreateMultipartUpload: 'puts',
  UploadPart: 'puts',
  CompleteMultipartUpload: 'puts',
  ListObjectsV2: 'puts',
  ListParts: 'puts',
  ListMultipartUploads: 'puts',
  GetObject: 'gets',
  HeadObject: 'gets',
  HeadBucket: 'gets',
  DeleteObject: 'free',
  DeleteObjects: 'free',
  AbortMultipartUpload: 'free',
  GetItem: 'reads',
  BatchGetItem: 'reads',
  Query: 'reads',
  Scan: 'reads',
  PutItem: 'writes',
  UpdateItem: 'writes',
  DeleteItem: 'writes',
  DescribeTable: 'free',
  ReceiveMessage: 'sqs',
  DeleteMessage: 'sqs',
  ChangeMessageVisibility: 'sqs',
  SendMessage: 'sqs',
  GetQueueAttributes: 'sqs',
} as const satisfies Record<string, Billing>;

const billingOf = (operation: string): Billing => OPERATIONS[operation as keyof typeof OPERATIONS] ?? 'free';

/** Whether an operation of DynamoDB says what it took, if it is asked. */
const tellsUnits = (operation: string): boolean => ['reads', 'writes'].includes(billingOf(operation));

/** Opens a ledger, whose requests count in another one too. */
export function openRequestLedger(parent?: RequestLedger): RequestLedger {
  let requests: Record<string, number> = {};
  let units = { reads: 0, writes: 0 };
  const counts = (): RequestCounts => ({
    requests: { ...requests },
    readUnits: units.reads,
    writeUnits: units.writes,
  });
  return {
    count(operation) {
      requests[operation] = (requests[operation] ?? 0) + 1;
      parent?.count(operation);
    },
    countUnits(operation, taken) {
      const billing = billingOf(operation);
      if (billing === 'reads' || billing === 'writes') units[billing] += taken;
      parent?.countUnits(operation, taken);
    },
    counts,
    take() {
      const taken = counts();
      requests = {};
      units = { reads: 0, writes: 0 };
      return taken;
    },
    add(more) {
      for (const [operation, count] of Object.entries(more.requests))
        requests[operation] = (requests[operation] ?? 0) + count;
      units = { reads: units.reads + more.readUnits, writes: units.writes + more.writeUnits };
    },
  };
}

/** What was counted, by how it is billed. */
export function billedRequests({ requests, readUnits, writeUnits }: RequestCounts): BilledRequests {
  const billed = { puts: 0, gets: 0, sqs: 0 };
  for (const [operation, count] of Object.entries(requests)) {
    const billing = billingOf(operation);
    if (billing in billed) billed[billing as keyof typeof billed] += count;
  }
  return { ...billed, reads: readUnits, writes: writeUnits };
}

const current = new AsyncLocalStorage<RequestLedger>();

/** The requests of this process that were made for nobody in particular: of health checks, and receives that brought nothing. */
export const otherRequests = openRequestLedger();

/** Counts all requests of some work in a ledger, and in no other unless that is its parent. */
export const countRequests = <Result>(ledger: RequestLedger, work: () => Result): Result => current.run(ledger, work);

interface Context {
  commandName?: string;
}

interface MiddlewareStack {
  add(middleware: object, options: { step: string; priority?: string; name: string }): void;
}

type Next = (args: { input: object }) => Promise<{ output?: { ConsumedCapacity?: unknown } }>;

const operationOf = ({ commandName = '' }: Context): string => commandName.replace(/Command$/, '');

/** Has every request of a client of the SDK counted in the ledger of its caller. This is the only place where requests are counted. */
export function countRequestsOf({ middlewareStack }: { middlewareStack: unknown }): void {
  const stack = middlewareStack as MiddlewareStack;
  const askForUnits = (next: Next, context: Context) => (args: { input: object }) => {
    const isAsked = current.getStore() !== undefined && tellsUnits(operationOf(context));
    return next(isAsked ? { ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } } : args);
  };
  const count = (next: Next, context: Context) => async (args: { input: object }) => {
    const ledger = current.getStore() ?? otherRequests;
    const operation = operationOf(context);
    ledger.count(operation);
    try {
      const answer = await next(args);
      ledger.countUnits(operation, unitsOf(answer.output?.ConsumedCapacity));
      return answer;
    } catch (error) {
      if ((error as Error).name === 'ConditionalCheckFailedException')
        ledger.countUnits(operation, REFUSED_WRITE_UNITS);
      throw error;
    }
  };
  stack.add(askForUnits, { step: 'initialize', name: 'askForUnits' });
  // Within the retries, so that each try passes, and around what reads the answer.
  stack.add(count, { step: 'deserialize', priority: 'high', name: 'countRequests' });
}

/**
 * DynamoDB bills a write whose condition fails, and does not say how much; it is the least that it may be
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html, read on 2026-11-30).
 */
const REFUSED_WRITE_UNITS = 1;

/** A batch has the units of each table. */
const unitsOf = (consumed: unknown): number =>
  [consumed ?? []]
    .flat()
    .reduce((sum: number, each) => sum + Number((each as { CapacityUnits?: number }).CapacityUnits ?? 0), 0);
