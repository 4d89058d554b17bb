import {
  resourcesOf,
  type Stack,
  type SynthesisedEnvironment,
  type Values,
} from '../target-stack/synthesised-environment.ts';
import { type Check, type Finding, missing, note, orWell } from './finding.ts';
import { typesOf } from './vcpus.ts';

interface Zone {
  ZoneId: string;
  ZoneName: string;
  State: string;
  OptInStatus: string;
}

/** The zone ids of the subnets. */
const namedBy = (platform: Stack): string[] => [
  ...new Set(resourcesOf(platform, 'aws_subnet').map(({ availability_zone_id: id }) => id)),
];

const CHOOSE = 'choose another in network.zones of the environment';

/** Finds zones of the platform that are not available. Synthesis already refuses zones without Fargate. */
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

/**
 * Finds instance types of a group that a zone lacks. Without any, the group cannot start instances there; with fewer, it has fewer spot
 * pools.
 */
async function offered({ aws }: SynthesisedEnvironment, group: Values, ids: string[]): Promise<Finding[]> {
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
  async look(checked) {
    const { platform, aws } = checked;
    const { AvailabilityZones } = await aws()('ec2', 'describe-availability-zones', '--all-availability-zones');
    const zoned = AvailabilityZones.filter(({ ZoneType = 'availability-zone' }) => ZoneType === 'availability-zone');
    const ids = namedBy(platform);
    const groups = resourcesOf(platform, 'aws_autoscaling_group');
    const lacking = await Promise.all(groups.map((group) => offered(checked, group, ids)));
    return orWell([...unavailable(ids, zoned), ...lacking.flat()], `${ids.join(', ')} have everything that is needed.`);
  },
};
