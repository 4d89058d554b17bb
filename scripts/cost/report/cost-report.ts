/** The parts of a report, in the order in which they are shown. */
export const AREAS = [
  'compute',
  'storage',
  'requests',
  'table',
  'queue',
  'load balancer',
  'network',
  'cdn',
  'waf',
  'logs and alarms',
  'other',
] as const;
export type Area = (typeof AREAS)[number];

/**
 * Unrounded. The minimum is a month without any work, in which everything is scaled down and what is stored stays; the typical value is the
 * workload's; the maximum is what the limits of the settings allow, all month long, and the workload's again where no setting limits anything,
 * such as what is read from the CDN: it is no ceiling of the bill. `RANGE_COLUMNS` says so to readers.
 */
export interface Range {
  minimum: number;
  typical: number;
  maximum: number;
}

/** A line of the bill of one month. */
export interface CostLine {
  area: Area;
  item: string;
  /** The Terraform address in the synthesised stacks, such as `platform-prod.aws_nat_gateway.nat-use1-az2`; undefined if there are several. */
  resource?: string;
  /** What AWS counts in a month of the workload. */
  quantity: { amount: number; unit: string };
  /** US dollars a month. */
  usd: Range;
  /** How the typical amount comes about, for people. */
  arithmetic: string;
  /** The names of its prices in the price book; `c7g.large` and `c7g.large on spot` are those of an instance. */
  prices: readonly string[];
}

/** The compute of one service, in US dollars a month: on demand and on spot for the same work. */
export interface ComputeComparison {
  service: string;
  onDemand: Range;
  spot: Range;
  tasks: Range;
  /** Empty for tasks on Fargate, which have no instances. */
  instances?: Range;
  /** As those of a line. */
  prices: readonly string[];
}

/** The storage of images in one month, counted from the first month of an environment that begins empty. */
interface StorageMonth {
  month: number;
  /** By storage class, such as `STANDARD`. */
  byClass: Record<string, { gbMonths: number; usd: number }>;
  /** Transitions, monitoring and retrieval, in US dollars. */
  requestsUsd: number;
  usd: number;
}

export interface UnitCost {
  name: string;
  usd: number;
  arithmetic: string;
  /** What it is made of, in US dollars, such as the steps of an image's life in their order. */
  parts?: readonly { name: string; usd: number }[];
}

/** The name of the unit cost whose parts are the steps of an image's life. */
export const LIFE_OF_AN_IMAGE = 'an image over its life, up to the month of the report';

/** A flat-rate plan of CloudFront beside paying as one goes. */
export interface CdnPlan {
  name: string;
  /** US dollars a month. */
  usd: number;
  /** Whether the workload stays within what the plan includes. */
  fits: boolean;
  why: string;
}

export interface Lever {
  change: string;
  /** US dollars a month. */
  saves: number;
  risk: string;
}

export interface CostWarning {
  code: string;
  sentence: string;
  /** What the setting costs more than it saves, in US dollars a month; 0 if it is not a matter of money. */
  usd: number;
}

/** The days of the oldest and of the newest of some prices, as YYYY-MM-DD. Prices of spot change by the hour, so they have days of their own. */
export interface PriceDates {
  oldest: string;
  newest: string;
  spot?: { oldest: string; newest: string };
}

export interface CostReport {
  environment: string;
  workload: string;
  region: string;
  /** The day on which the report was made, as YYYY-MM-DD. */
  generated: string;
  /** The month whose storage the lines show, counted from the first month of an environment that begins empty. */
  month: number;
  priceBook: PriceDates & { overrides?: string };
  lines: readonly CostLine[];
  total: Range;
  byArea: Record<Area, Range>;
  compute: readonly ComputeComparison[];
  storage: readonly StorageMonth[];
  unitCosts: readonly UnitCost[];
  /** Undefined for an environment without CDN. */
  cdn?: { payAsYouGo: number; plans: readonly CdnPlan[] };
  /** Changes of settings. */
  levers: readonly Lever[];
  /** What would lower it most that no setting does today. */
  productChanges: readonly Lever[];
  warnings: readonly CostWarning[];
  /** Types of resources that have no line of their own, with the reason. */
  without: readonly { resourceType: string; reason: string }[];
}

/** Adds up ranges, each value by itself. */
export const sumOf = (ranges: readonly Range[]): Range => ({
  minimum: ranges.reduce((sum, { minimum }) => sum + minimum, 0),
  typical: ranges.reduce((sum, { typical }) => sum + typical, 0),
  maximum: ranges.reduce((sum, { maximum }) => sum + maximum, 0),
});

/** The sum of the lines of each area, also of areas without lines. */
export const sumsByArea = (lines: readonly CostLine[]): Record<Area, Range> =>
  Object.fromEntries(
    AREAS.map((area) => [area, sumOf(lines.filter((line) => line.area === area).map(({ usd }) => usd))]),
  ) as Record<Area, Range>;
