import { CommandError } from '../../command-line.ts';
import { AREAS, type CostLine, type CostReport, sumOf, sumsByArea } from '../report/cost-report.ts';
import { priceDates, usedPrices } from '../report/used-prices.ts';
import { accessOf, withLimits } from './access-calls.ts';
import { asksForInvalidations, hasShield } from './cdn-lines.ts';
import { compareCdn } from './cdn-plans.ts';
import { type Averages, averagesOf, type Billed, priced } from './charge.ts';
import { compareCompute } from './compute/compute-lines.ts';
import { servicesOf } from './compute/service-facts.ts';
import type { Context, ModelInput } from './context.ts';
import { LEVERS } from './levers/all-levers.ts';
import { bestLevers } from './levers/lever.ts';
import { PRODUCT_CHANGES, provisionedTable } from './levers/product-changes.ts';
import { imageStorage, MONTHS, renditionDays, rulesOf } from './object-mixes.ts';
import { PRODUCT } from './product.ts';
import { withRemade } from './remade-text.ts';
import { allResources } from './resource.ts';
import { RESOURCES, unknownTypes } from './resources.ts';
import { storageByMonth } from './storage-lines.ts';
import { trafficOf } from './traffic.ts';
import { unitCosts } from './unit-costs.ts';
import type { Priced } from './unit-prices.ts';
import { warningsOf } from './warnings/all-warnings.ts';

/** Works out what prices depend on; the storage of so many months, of which the lines need only those up to that of the report. */
export function contextOf(input: ModelInput, months = input.month): Context {
  const resources = allResources(input.environment);
  const unknown = unknownTypes(resources);
  if (unknown.length > 0)
    throw new CommandError(
      `The cost model does not know what ${unknown.join(', ')} costs. Add it to scripts/cost/model/resources.ts, with its lines or the reason why it has none.`,
    );
  const distributions = resources.filter(({ type }) => type === 'aws_cloudfront_distribution');
  const hasCdn = distributions.length > 0;
  const invalidates = asksForInvalidations(resources);
  const access = accessOf(resources);
  const { calls, ...rest } = input.product ?? PRODUCT;
  const product = { ...rest, calls: withLimits(calls, access) };
  const trafficSettings = {
    ...{ hasCdn, hasShield: distributions.some(hasShield), invalidates, access, product, month: input.month },
    renditionDays: renditionDays(rulesOf(input)),
  };
  return {
    ...input,
    resources,
    services: servicesOf(resources),
    hasCdn,
    product,
    access,
    invalidates,
    trafficSettings,
    traffic: trafficOf(input.workload, trafficSettings),
    storage: imageStorage(input, trafficSettings, months),
  };
}

/** By area, the largest first. */
const inOrder = (lines: CostLine[]): CostLine[] =>
  lines.toSorted((a, b) => AREAS.indexOf(a.area) - AREAS.indexOf(b.area) || b.usd.typical - a.usd.typical);

const isAnything = ({ usd, quantity }: CostLine): boolean => usd.maximum > 0 || quantity.amount > 0;

/** The lines of everything in the stacks that costs something, priced together, and the average price of each unit. */
export function linesOf(context: Context): { lines: CostLine[]; averages: Averages } {
  const billed: Billed[] = context.resources.flatMap((resource) => {
    const pricing = RESOURCES[resource.type];
    const lines = typeof pricing === 'function' ? pricing(resource, context) : [];
    return lines.map((line) => withRemade(line, context));
  });
  const averages = averagesOf(billed, context.book);
  return { lines: inOrder(billed.map((line) => priced(line, averages)).filter(isAnything)), averages };
}

/** The sum of a month, for comparing settings. */
const monthlyUsd = (input: ModelInput): number => sumOf(linesOf(contextOf(input)).lines.map(({ usd }) => usd)).typical;

/** What changes of the product would save most, for which there is no setting. */
export const productChangesOf = (found: Priced): CostReport['productChanges'] =>
  bestLevers(found, { rows: PRODUCT_CHANGES, others: provisionedTable(found), monthlyUsd });

/** What an environment costs with a workload. */
export function costReport(input: ModelInput & { generated: string; overrides?: string }): CostReport {
  const context = contextOf(input, Math.max(MONTHS, input.month));
  const found = { ...context, ...linesOf(context) };
  const { lines } = found;
  const { environment, workload, book, month, generated, overrides } = input;
  const compute = context.services.map((facts) => compareCompute(facts, context));
  const cdn = compareCdn(context, lines);
  return {
    environment: environment.environment,
    workload: workload.name,
    region: environment.region,
    generated,
    month,
    priceBook: { ...priceDates(usedPrices({ lines, compute }, book)), ...(overrides && { overrides }) },
    lines,
    total: sumOf(lines.map(({ usd }) => usd)),
    byArea: sumsByArea(lines),
    compute,
    storage: storageByMonth(context),
    unitCosts: unitCosts(found),
    ...(cdn && { cdn }),
    levers: bestLevers(input, { rows: LEVERS, monthlyUsd }),
    productChanges: productChangesOf(found),
    warnings: warningsOf(found),
    without: withoutLines(context),
  };
}

const withoutLines = ({ resources }: Context): CostReport['without'] =>
  [...new Set(resources.map(({ type }) => type))].sort().flatMap((resourceType) => {
    const pricing = RESOURCES[resourceType];
    return pricing && typeof pricing !== 'function' ? [{ resourceType, reason: pricing.without }] : [];
  });
