import { CommandError } from '../../scripts/command-line.ts';
import { INSTANCE_TYPES } from '../compute/instance-types.ts';
import type { BookFile, Dated, RowInFile, Tier } from './book-file.ts';
import { PRICE_UNITS, type PriceName } from './price-units.ts';
import { ownTiers, tiersOf } from './tiers.ts';
import { USAGE_PREFIXES, USAGE_TYPES, type UsageType } from './usage-types.ts';

interface Dimension {
  beginRange: string;
  pricePerUnit?: { USD?: string };
}

/** An offer file of the AWS Price List, as far as it is used: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html */
export interface OfferFile {
  formatVersion: string;
  offerCode: string;
  version: string;
  publicationDate: string;
  products: Record<string, { productFamily?: string; attributes: Record<string, string> }>;
  terms: { OnDemand?: Record<string, Record<string, { priceDimensions?: Record<string, Dimension> }>> };
}

/** The region of an offer file, which has to be one of those whose usage types are known. */
export function regionOf({ offerCode, products }: OfferFile): string {
  const regions = new Set(Object.values(products).flatMap(({ attributes }) => attributes.regionCode || []));
  const [region = 'no region', ...others] = [...regions].filter((each) => each in USAGE_PREFIXES);
  if (others.length > 0 || !(region in USAGE_PREFIXES))
    throw new CommandError(
      `The file of ${offerCode} is for ${[...regions].join(', ') || 'no region'}. Take the file of one region: ${Object.keys(USAGE_PREFIXES).join(' or ')}.`,
    );
  return region;
}

/** The tiers of a product, in dollars a unit; a first tier that costs nothing is an allowance. */
function tiersOfProduct({ terms }: OfferFile, sku: string): Tier[] {
  const dimensions = Object.values(terms.OnDemand?.[sku] ?? {}).flatMap((term) =>
    Object.values(term?.priceDimensions ?? {}),
  );
  const tiers = dimensions
    .map(({ beginRange, pricePerUnit }) => ({ from: Number(beginRange), usd: Number(pricePerUnit?.USD) }))
    .filter(({ from, usd }) => Number.isFinite(from) && Number.isFinite(usd))
    .toSorted((a, b) => a.from - b.from);
  return tiers.map((tier, index) =>
    index === 0 && tier.usd === 0 && tiers.length > 1 ? { ...tier, allowance: true } : tier,
  );
}

/** The tiers of a usage type, if all its products that cost something agree: Outposts have some of these types for nothing. */
function tiersOfUsage(offer: OfferFile, region: string, [, usageType, operation]: UsageType): Tier[] | undefined {
  const types = (USAGE_PREFIXES[region] ?? []).map((prefix) => prefix + usageType);
  const found = Object.entries(offer.products)
    .filter(([, { attributes }]) => attributes.regionCode === region && types.includes(attributes.usagetype ?? ''))
    .filter(([, { attributes }]) => operation === undefined || attributes.operation === operation)
    .map(([sku]) => tiersOfProduct(offer, sku))
    .filter((tiers) => tiers.some(({ usd }) => usd > 0));
  return new Set(found.map((tiers) => JSON.stringify(tiers))).size === 1 ? found[0] : undefined;
}

const exactly = (usd: number): number => Number(usd.toPrecision(10));

/** A price as rows have it: `per` and a free allowance that the file does not know stay as they were. */
function priceOf(name: PriceName, tiers: readonly Tier[], { prices }: BookFile): Omit<RowInFile, keyof Dated> {
  const old = prices[name];
  const per = old?.per ?? (tiers.some(({ usd }) => usd > 0 && usd < 1e-4) ? 1_000_000 : 1);
  const priced = tiers.map((tier) => ({ ...tier, usd: exactly(tier.usd * per) }));
  const all = priced[0]?.allowance || !old ? priced : ownTiers(tiersOf(old), priced);
  const [first] = all;
  const price = all.length === 1 && first ? { usd: first.usd } : { tiers: all };
  return { ...price, per, unit: PRICE_UNITS[name] };
}

/** On demand, for Linux on shared hardware, with nothing installed that costs something. */
const LINUX = {
  operatingSystem: 'Linux',
  tenancy: 'Shared',
  preInstalledSw: 'NA',
  capacitystatus: 'Used',
  operation: 'RunInstances',
};

const isLinux = (attributes: Record<string, string>): boolean =>
  Object.entries(LINUX).every(([name, value]) => attributes[name] === value);

/** A book after a file was read, with the names that the file should have had a price of. */
export interface Refreshed {
  file: BookFile;
  notFound: string[];
}

/** The book with all prices that an offer file has, dated by its publication. */
export function withOffer(file: BookFile, offer: OfferFile): Refreshed {
  const { offerCode, version, publicationDate } = offer;
  const source = `price list ${offerCode} ${version}`;
  const dated: Dated = { source, date: String(publicationDate).slice(0, 10) };
  const result = structuredClone(file);
  result.sources[source] =
    `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/${offerCode}/${version}/${file.region}/index.json`;
  const usages = Object.entries(USAGE_TYPES).filter(([, [code]]) => code === offerCode) as [PriceName, UsageType][];
  const notFound = usages.flatMap(([name, usage]) => {
    const tiers = tiersOfUsage(offer, file.region, usage);
    if (!tiers) return [name];
    result.prices[name] = { ...priceOf(name, tiers, file), ...dated };
    return [];
  });
  for (const [sku, { attributes }] of Object.entries(offer.products)) {
    const type = attributes.instanceType ?? '';
    const usd = type in INSTANCE_TYPES && isLinux(attributes) ? tiersOfProduct(offer, sku)[0]?.usd : undefined;
    if (usd) result.instances[type] = { ...result.instances[type], onDemand: { usd, ...dated } };
  }
  return { file: result, notFound };
}
