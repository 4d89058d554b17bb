import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import type { FargateCapacity } from '../environments/settings.ts';

/** Prices are in dollars for us-east-1, as in the files of the environments; those of instances are in instance-types.ts. */
const HOURS_A_MONTH = 730;
const SECONDS_A_MONTH = HOURS_A_MONTH * 60 * 60;

/** The price of a vCPU and of a GiB per hour: https://aws.amazon.com/fargate/pricing/ */
const FARGATE = { x86_64: { vCpu: 0.04048, gib: 0.004445 }, arm64: { vCpu: 0.03238, gib: 0.00356 } } as const;
/** The average price of spot for the workers' types, as a share of on demand: https://aws.amazon.com/ec2/spot/instance-advisor/ */
const SPOT_SHARE = 0.4;
/** The price of a million request units: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
const TABLE = { read: 0.125, write: 0.625 } as const;
/** The price of a GB and month in S3 Standard: https://aws.amazon.com/s3/pricing/ */
export const STANDARD_GB_MONTH = 0.023;
/** The price of a GB and month in Glacier Instant Retrieval. */
export const INSTANT_GB_MONTH = 0.004;

export const dollars = (amount: number): string =>
  `$${amount.toLocaleString('en', amount < 10 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 })}`;

/** The price per hour of the most expensive of some types. Misspelt types are skipped, because another check reports them. */
const hourOf = (types: readonly string[]): number =>
  Math.max(0, ...types.map((name) => INSTANCE_TYPES[name]?.onDemandPrice ?? 0));

export const spotHour = (count: number, types: readonly string[]): number => count * hourOf(types) * SPOT_SHARE;
export const onDemandHour = (count: number, types: readonly string[]): number => count * hourOf(types);
export const aMonth = (anHour: number): number => anHour * HOURS_A_MONTH;

export const taskMonth = ({ cpu, memory, architecture }: FargateCapacity): number => {
  const { vCpu, gib } = FARGATE[architecture];
  return aMonth((cpu / 1024) * vCpu + (memory / 1024) * gib);
};

/** The price of a month in which so many request units are used every second. */
export const unitsMonth = (kind: keyof typeof TABLE, unitsASecond: number): number =>
  (unitsASecond * SECONDS_A_MONTH * TABLE[kind]) / 1_000_000;
