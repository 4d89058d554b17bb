import { type Check, type Finding, missing, note, orWell } from './finding.ts';
import { resourcesOf, type Site, type Stack, type Values } from './site.ts';
import { typesOf } from './vcpus.ts';

/** Where Fargate runs no tasks on arm64: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-arm64.html */
const WITHOUT_FARGATE_ARM64 = ['use1-az3'];

interface Zone {
  ZoneId: string;
  ZoneName: string;
  State: string;
  OptInStatus: string;
}

/** Zones by the ids that the subnets are given; undefined where the stack takes the first ones that are available. */
function namedBy(platform: Stack): string[] | undefined {
  const ids = resourcesOf(platform, 'aws_subnet').map(({ availability_zone_id: id }) => id);
  return ids.every((id) => typeof id === 'string' && !id.includes('${')) ? [...new Set<string>(ids)] : undefined;
}

const countOf = (platform: Stack): number =>
  new Set(
    resourcesOf(platform, 'aws_subnet').map(({ availability_zone: zone, availability_zone_id: id }) => id ?? zone),
  ).size;

const CHOOSE = 'choose another in network.zones of the environment';

/** The zones that the platform will be in, and what is wrong with them. */
function chosen(platform: Stack, zones: Zone[]): { ids: string[]; wrong: Finding[] } {
  const available = zones.filter(({ State, OptInStatus }) => State === 'available' && OptInStatus !== 'not-opted-in');
  const known = available.map(({ ZoneId }) => ZoneId);
  const ids = namedBy(platform) ?? known.slice(0, countOf(platform));
  const wrong = ids
    .filter((id) => !known.includes(id))
    .map((id) => {
      const state = zones.find(({ ZoneId }) => ZoneId === id)?.State;
      const what = state ? `Zone ${id} is ${state}.` : `The account has no zone ${id} in this region.`;
      return missing(what, `${CHOOSE}: ${known.join(', ')}`);
    });
  const short = missing(`The region has ${known.length} zones, and ${countOf(platform)} are needed.`, CHOOSE);
  return { ids, wrong: [...wrong, ...(ids.length < countOf(platform) ? [short] : [])] };
}

function onFargate(platform: Stack, ids: string[]): Finding[] {
  const runs = resourcesOf(platform, 'aws_ecs_task_definition').some(
    ({ requires_compatibilities: kinds, runtime_platform }) =>
      kinds.includes('FARGATE') && runtime_platform.cpu_architecture === 'ARM64',
  );
  return ids
    .filter((id) => runs && WITHOUT_FARGATE_ARM64.includes(id))
    .map((id) => missing(`Zone ${id} has no Fargate for arm64, on which tasks are to run.`, CHOOSE));
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
    const { ids, wrong } = chosen(platform, zoned);
    const groups = resourcesOf(platform, 'aws_autoscaling_group');
    const lacking = await Promise.all(groups.map((group) => offered(site, group, ids)));
    return orWell([...wrong, ...onFargate(platform, ids), ...lacking.flat()], `${ids.join(', ')} have all it needs.`);
  },
};
