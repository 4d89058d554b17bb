import { type Check, type Finding, missing, note, orWell } from './finding.ts';
import { resourcesOf, type Site, type Stack, type Values } from './site.ts';
import { typesOf } from './vcpus.ts';

interface Zone {
  ZoneId: string;
  ZoneName: string;
  State: string;
  OptInStatus: string;
}

/** Zones by the ids that the subnets are given. */
const namedBy = (platform: Stack): string[] => [
  ...new Set(resourcesOf(platform, 'aws_subnet').map(({ availability_zone_id: id }) => id)),
];

const CHOOSE = 'choose another in network.zones of the environment';

/** What is wrong with the zones that the platform will be in. Where Fargate is not, synth knows. */
function unavailable(ids: string[], zones: Zone[]): Finding[] {
  const available = zones.filter(({ State, OptInStatus }) => State === 'available' && OptInStatus !== 'not-opted-in');
  const known = available.map(({ ZoneId }) => ZoneId);
  return ids
    .filter((id) => !known.includes(id))
    .map((id) => {
      const state = zones.find(({ ZoneId }) => ZoneId === id)?.State;
      const what = state ? `Zone ${id} is ${state}.` : `The account has no zone ${id} in this region.`;
      return missing(what, `${CHOOSE}: ${known.join(', ')}`);
    });
}

/** What of a group's instance types the zones do not have: none in one zone is an outage there, and fewer are fewer pools. */
async function offered({ aws }: Site, group: Values, ids: string[]): Promise<Finding[]> {
  const types = typesOf(group);
  const options = ['--location-type', 'availability-zone-id'];
  const filter = ['--filters', `Name=instance-type,Values=${types.join(',')}`];
  const { InstanceTypeOfferings } = await aws()('ec2', 'describe-instance-type-offerings', ...options, ...filter);
  return ids.flatMap((id) => {
    const there = InstanceTypeOfferings.filter(({ Location }: Values) => Location === id).map(
      ({ InstanceType }: Values) => InstanceType,
    );
    const gone = types.filter((type) => !there.includes(type));
    if (gone.length === 0) return [];
    if (gone.length === types.length)
      return [missing(`Zone ${id} has none of the instance types of ${group.name}.`, CHOOSE)];
    return [note(`Zone ${id} does not have ${gone.join(', ')} of ${group.name}.`, 'add other types of that size')];
  });
}

export const zones: Check = {
  id: 'zones',
  asksAws: true,
  async look(site) {
    const { platform, aws } = site;
    const { AvailabilityZones } = await aws()('ec2', 'describe-availability-zones', '--all-availability-zones');
    const zoned = AvailabilityZones.filter(({ ZoneType = 'availability-zone' }) => ZoneType === 'availability-zone');
    const ids = namedBy(platform);
    const groups = resourcesOf(platform, 'aws_autoscaling_group');
    const lacking = await Promise.all(groups.map((group) => offered(site, group, ids)));
    return orWell([...unavailable(ids, zoned), ...lacking.flat()], `${ids.join(', ')} have all it needs.`);
  },
};
