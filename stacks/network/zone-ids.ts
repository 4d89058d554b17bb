/**
 * The prefix of the ids of a region's zones: `use1` for us-east-1, `apne1` for ap-northeast-1
 * (https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html).
 */
function prefixOf(region: string): string {
  const [area = '', direction = '', number = ''] = region.split('-');
  const initials = direction.match(/north|south|east|west|central/g)?.map(([first]) => first) ?? [];
  return [area, ...initials, number].join('');
}

/**
 * Whether this is the id of a zone of the region. `use1-az1` is the same zone in every account, whereas `us-east-1a` is another zone in each.
 * Local and Wavelength Zones, which have no NAT gateways, have ids of another form. Numbers end at 8 because there are 8 blocks of each kind.
 */
export const isZoneOf = (id: string, region: string): boolean => new RegExp(`^${prefixOf(region)}-az[1-8]$`).test(id);

/**
 * The block of a zone's private subnet, of the sixteen blocks of the network's range. It follows from the zone's number, so that adding or
 * removing other zones does not change it.
 */
export const privateBlockOf = (id: string): number => Number(id.at(-1)) - 1;

/** The block of a zone's public subnet, in the second half of the range. */
export const publicBlockOf = (id: string): number => privateBlockOf(id) + 8;
