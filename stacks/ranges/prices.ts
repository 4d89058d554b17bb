import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import type { FargateCapacity } from '../environments/settings.ts';

/** Dollars in us-east-1, as in the files of the environments; instances have theirs in instance-types.ts. */
const HOURS_A_MONTH = 730;
const SECONDS_A_MONTH = HOURS_A_MONTH * 60 * 60;

/** An hour of a vCPU and of a GiB: https://aws.amazon.com/fargate/pricing/ */
const FARGATE = { x86_64: { vCpu: 0.04048, gib: 0.004445 }, arm64: { vCpu: 0.03238, gib: 0.00356 } } as const;
/** What spot takes off in the mean of the workers' types: https://aws.amazon.com/ec2/spot/instance-advisor/ */
const SPOT_SHARE = 0.4;
/** A million request units: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
const TABLE = { read: 0.125, write: 0.625 } as const;
/** A GB and month in S3 Standard: https://aws.amazon.com/s3/pricing/ */
export const STANDARD_GB_MONTH = 0.023;
/** Likewise in Glacier Instant Retrieval. */
export const INSTANT_GB_MONTH = 0.004;

export const dollars = (amount: number): string =>
  `$${amount.toLocaleString('en', amount < 10 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;

/** Of the dearest of some types; misspelt ones are left out, which a check of their own says. */
const hourOf = (types: readonly string[]): number =>
  Math.max(0, ...types.map((name) => INSTANCE_TYPES[name]?.onDemandPrice ?? 0));

export const spotHour = (count: number, types: readonly string[]): number => count * hourOf(types) * SPOT_SHARE;
export const onDemandHour = (count: number, types: readonly string[]): number => count * hourOf(types);
export const aMonth = (anHour: number): number => anHour * HOURS_A_MONTH;

export const taskMonth = ({ cpu, memory, architecture }: FargateCapacity): number => {
  const { vCpu, gib } = FARGATE[architecture];
  return aMonth((cpu / 1024) * vCpu + (memory / 1024) * gib);
};

/** A month in which so many units are used in every second. */
export const unitsMonth = (kind: keyof typeof TABLE, unitsASecond: number): number =>
  (unitsASecond * SECONDS_A_MONTH * TABLE[kind]) / 1_000_000;
