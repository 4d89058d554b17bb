import { accountNames, namesOf } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { CommandError } from '../command-line.ts';
import { absentOr } from '../target-stack/aws-refusals.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { type Digests, digestsIn, type WholeDigests, whole } from './digests.ts';
import type { Log } from './environment.ts';

/** Reads which images are recorded as those that are to run. */
export async function readRecorded(site: SynthesisedEnvironment): Promise<Digests> {
  const { imageParameter } = namesOf(site);
  const asked = await site.aws()('ssm', 'get-parameters', '--names', ...SERVICE_NAMES.map(imageParameter));
  const found: { Name: string; Value: string }[] = asked.Parameters;
  const digestOf = (service: ServiceName) => found.find(({ Name }) => Name === imageParameter(service))?.Value ?? null;
  return {
    images: Object.fromEntries(SERVICE_NAMES.map((service) => [service, digestOf(service)])) as Digests['images'],
  };
}

/** The parameter that says which images together were proven last, beside those of the services, so that the same roles may read and write it. */
const PROVEN = 'proven';

/** Reads which images the last deployment that went well has proven; undefined before there is one. */
export async function readProven(site: SynthesisedEnvironment): Promise<WholeDigests | undefined> {
  const name = namesOf(site).imageParameter(PROVEN);
  const { Parameters } = await site.aws()('ssm', 'get-parameters', '--names', name);
  const [found]: { Value: string }[] = Parameters;
  return found && whole(`The parameter ${name}`, digestsIn(`The parameter ${name}`, found.Value));
}

/** Writes them in one parameter, so that they are never those of two deployments. */
export const writeProven = (site: SynthesisedEnvironment, { images }: WholeDigests): Promise<unknown> =>
  put(site, PROVEN, JSON.stringify({ images }));

/** Refuses images that are not in the environment's repositories, because no task could start from them. */
export async function requireImages(site: SynthesisedEnvironment, { images }: WholeDigests): Promise<void> {
  const { repository } = accountNames(site);
  const codes = ['ImageNotFoundException', 'RepositoryNotFoundException'];
  const absent = await Promise.all(
    SERVICE_NAMES.map((service) => {
      const image = ['--repository-name', repository(service), '--image-ids', `imageDigest=${images[service]}`];
      const asked = site.aws()('ecr', 'describe-images', ...image);
      return absentOr(`${repository(service)}@${images[service]}`, codes, asked);
    }),
  );
  const left = absent.filter((name) => name !== undefined);
  if (left.length > 0)
    throw new CommandError(
      `These images are not in account ${site.accountId}, ${site.region}: ${left.join(', ')}. Push them first: npm run images -- push ${site.environment} --from FOLDER.`,
    );
}

/** Writes the digests that differ. If one cannot be written, those that were are put back. Returns the services that changed. */
export async function writeRecorded(
  site: SynthesisedEnvironment,
  before: Digests,
  wanted: WholeDigests,
  log: Log,
): Promise<ServiceName[]> {
  const changed = SERVICE_NAMES.filter((service) => before.images[service] !== wanted.images[service]);
  const written: ServiceName[] = [];
  for (const service of changed) {
    try {
      await put(site, service, wanted.images[service]);
    } catch (error) {
      const left = await putBack(site, before, written);
      throw new CommandError(`${(error as Error).message}\n${left}`);
    }
    written.push(service);
    log(`${service}: ${wanted.images[service]}, before ${before.images[service] ?? 'nothing'}`);
  }
  return changed;
}

async function putBack(site: SynthesisedEnvironment, { images }: Digests, written: ServiceName[]): Promise<string> {
  const stay: string[] = [];
  for (const service of written) {
    const digest = images[service];
    // No role of a workflow may delete a parameter.
    if (digest === null) stay.push(`${service} had no digest before, and keeps the new one`);
    else
      await put(site, service, digest).catch((error: Error) => {
        stay.push(`${service} keeps the new one, because: ${error.message}`);
      });
  }
  if (stay.length > 0) return `The digests that were written are put back, except: ${stay.join('; ')}.`;
  return written.length > 0 ? 'The digests that were written are put back.' : 'Nothing was written.';
}

const put = (site: SynthesisedEnvironment, of: string, value: string): Promise<unknown> => {
  const name = namesOf(site).imageParameter(of);
  return site.aws()('ssm', 'put-parameter', '--name', name, '--type', 'String', '--overwrite', '--value', value);
};
