import type { BookFile } from './book-file.ts';
import type { Refreshed } from './price-list.ts';

const ADDRESS = 'https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json';

/** What https://aws.amazon.com/ec2/spot/instance-advisor/ shows: the saving in percent and the band of interruptions, by region, system and type. */
export interface SpotAdvisor {
  spot_advisor: Record<string, { Linux?: Record<string, { s: number; r: number }> }>;
}

/** The book with the savings and bands of the spot advisor, whose file has no date of its own: it is of the day it was downloaded. */
export function withSpotAdvisor(file: BookFile, { spot_advisor }: SpotAdvisor, date: string): Refreshed {
  const types = spot_advisor[file.region]?.Linux ?? {};
  const source = 'spot advisor';
  const result = structuredClone(file);
  result.sources[source] = ADDRESS;
  const notFound = Object.entries(result.instances).flatMap(([type, instance]) => {
    const found = types[type];
    if (!found) return [`${type} on spot`];
    result.instances[type] = { ...instance, spot: { saving: found.s / 100, interruptionBand: found.r, source, date } };
    return [];
  });
  return { file: result, notFound };
}
