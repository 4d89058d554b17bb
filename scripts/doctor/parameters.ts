import { parametersIn } from '../../shared/contracts/names.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { type Check, type Finding, missing, orWell } from './finding.ts';

export interface Parameter {
  Name: string;
  Type: string;
  /** The value of a secret is encrypted and is not decrypted here. */
  Value: string;
}

/** GetParameters takes ten names. */
const AT_ONCE = 10;

/** Finds which parameters exist, out of those that the platform or its starting tasks read. */
export async function findParameters({
  aws,
  platform,
}: SynthesisedEnvironment): Promise<{ there: Parameter[]; absent: string[] }> {
  const names = parametersIn(JSON.stringify(platform));
  const found: Parameter[] = [];
  for (let first = 0; first < names.length; first += AT_ONCE) {
    const some = names.slice(first, first + AT_ONCE);
    found.push(...(await aws()('ssm', 'get-parameters', '--names', ...some)).Parameters);
  }
  // AWS answers in an order of its own.
  const there = names.flatMap((name) => found.find(({ Name }) => Name === name) ?? []);
  return { there, absent: names.filter((name) => !there.some(({ Name }) => Name === name)) };
}

/** How to get the value of a secret, by the last part of its name. */
const VALUES: Record<string, string> = {
  'api-keys': 'DIGEST # of npm run -s api-key',
  'link-keys': `${new Date().toISOString().slice(0, 7)}:$(openssl rand -hex 32)`,
  'moderation-secret': 'whsec_$(openssl rand -base64 32)',
  'origin-verify': '$(openssl rand -hex 32)',
};

const isSecret = (name: string): boolean => name.includes('/secrets/');

const putting = (name: string): string => {
  const value = isSecret(name) ? VALUES[name.split('/').at(-1) ?? ''] : 'sha256:… # of the image that is to run';
  const type = isSecret(name) ? 'SecureString' : 'String';
  return `aws ssm put-parameter --name ${name} --type ${type} --overwrite --value ${value ?? 'VALUE'}`;
};

export const isDigest = (value: string): boolean => /^sha256:[0-9a-f]{64}$/.test(value);

function wrongWith({ Name, Type, Value }: Parameter): Finding[] {
  if (isSecret(Name) && Type !== 'SecureString')
    return [
      missing(
        `${Name} is a ${Type}, which everybody who may read parameters can read.`,
        `aws ssm delete-parameter --name ${Name}; ${putting(Name)}`,
      ),
    ];
  return isSecret(Name) || isDigest(Value)
    ? []
    : [missing(`${Name} is not the digest of an image, but ${JSON.stringify(Value)}.`, putting(Name))];
}

export const parameters: Check = {
  id: 'parameters',
  asksAws: true,
  async look(checked) {
    const { there, absent } = await findParameters(checked);
    const gone = absent.map((name) => missing(`There is no parameter ${name}.`, putting(name)));
    return orWell([...gone, ...there.flatMap(wrongWith)], `All ${there.length} are there.`);
  },
};
