/**
 * What the ids of a region's zones begin with: `use1` for us-east-1, `apne1` for ap-northeast-1
 * (https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html).
 */
function prefixOf(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  const initials = direction.match(/north|south|east|west|central/g)?.map(([first]) => first) ?? [];
  return [area, ...initials, number].join('');
}

/**
 * Whether it is the id of a zone of the region, such as `use1-az1`, which is the same place in every account; `us-east-1a` is another one in
 * each. Ids of Local and Wavelength Zones, which have no NAT gateways, look otherwise. Numbers end at 8, because blocks do.
 */
export const isZoneOf = (id: string, region: string): boolean => new RegExp(`^${prefixOf(region)}-az[1-8]$`).test(id);

/** Of sixteen blocks of the network's range, that of a zone's private subnet: by its number, so that other zones may come and go. */
export const privateBlockOf = (id: string): number => Number(id.at(-1)) - 1;

/** Public subnets are in the second half of the range. */
export const publicBlockOf = (id: string): number => privateBlockOf(id) + 8;
