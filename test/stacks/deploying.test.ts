import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'yaml';
import { placeholdersIn } from '../../stacks/checks/placeholder-checks.ts';
import { readReasons } from '../../stacks/docs/doc-comments.ts';
import { parametersOf } from '../../stacks/docs/stack-tables.ts';
import { synthesise } from '../../stacks/docs/synthesis.ts';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { ENVIRONMENTS } from '../../stacks/environments/all.ts';
import { BOOTSTRAP_STATE_KEY } from '../../stacks/foundation/state-backend.ts';
import { synthesised } from '../support/cost/synthesised.ts';
import { ARE_AS_SHIPPED } from '../support/stacks/as-shipped.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const page = read('docs/deploying.md');
const NAMES = ENVIRONMENTS.map(({ name }) => name);

/** Values that no comment in the files marks as placeholders, each with the reason why it must be known before one begins. */
const ALSO: Record<string, string> = {
  region: 'The comment is on the constant REGION, from which all files take it.',
  'observability.monthlyBudget': 'Any sum is valid, and only the operator knows which is too much.',
  hasOidcProvider: 'Bootstrap fails where another project has already made the provider.',
};

/** What the page says of a value: the environments in the last column of the row that it begins. */
function rowsBelow(heading: string): Map<string, string[]> {
  const [, section = ''] = page.split(`\n### ${heading}\n`);
  const [table = ''] = section.split(/^##+ /m);
  const rows = [...table.matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm)];
  return new Map(rows.map(([, name = '', environments = '']) => [name, environments.match(/\w+/g) ?? []]));
}

/** The paths of all values within a setting. */
function leavesOf(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`));
}

const at = (settings: unknown, path: string): unknown =>
  path.split('.').reduce((value, key) => (value as Record<string, unknown>)[key], settings);

/** The settings that a file marks as placeholders by its comments, or whose values can be nobody's. */
function placeholders(settings: Parameters<typeof placeholdersIn>[0], file: string, below = ''): string[] {
  const marked = readReasons(file).of.filter(
    ([path, reason]) => reason.includes('PLACEHOLDER') && path.startsWith(below),
  );
  const paths = marked.map(([path]) => path.slice(below.length)).flatMap((path) => leavesOf(at(settings, path), path));
  return [...new Set([...placeholdersIn(settings).map(([path]) => path), ...paths])];
}

/** Which environments need each value. */
function byValue(needed: [environment: string, values: string[]][]): Map<string, string[]> {
  const all = [...new Set(needed.flatMap(([, values]) => values))].sort();
  return new Map(
    all.map((value) => [
      value,
      needed.filter(([, values]) => values.includes(value)).map(([environment]) => environment),
    ]),
  );
}

/** What the page has GitHub create, with the variables as the page sets them. */
function givenToGithub(): Ruleset[] {
  const files = [...page.matchAll(/<<JSON\n(.*?)^JSON$/gms)].map(([, json = '']) => json);
  const echoed = [...page.matchAll(/^ *echo '(\{.*?\})' \\$/gms)].map(([, json = '']) => json.replaceAll("'", ''));
  const variables: Record<string, string> = { REVIEWER: '1' };
  for (const [, name = '', value = ''] of page.matchAll(/\b(APPROVALS|REVIEWED)=(1|true)\b/g)) variables[name] = value;
  return [...files, ...echoed].map((json) =>
    JSON.parse(json.replaceAll(/\$(\w+)/g, (_all, name) => variables[name] ?? `no value of ${name}`)),
  );
}

interface Ruleset {
  name?: string;
  rules: { type: string; parameters?: { required_status_checks?: { context: string }[] } }[];
}

interface Job {
  name: string;
  strategy?: { matrix: { node?: string[] } };
}

/** The names by which GitHub reports the checks of a job: one for each entry of its matrix. */
const namesOfChecks = ({ name, strategy }: Job): string[] =>
  strategy?.matrix.node?.map((node) => name.replace(/\$\{\{ matrix\.node \}\}/, node)) ?? [name];

const sorted = (rows: Map<string, string[]>) => [...rows].sort(([one], [other]) => (one < other ? -1 : 1));

describe('docs/deploying.md', function () {
  this.timeout(60_000);

  it('lists each setting that is a placeholder, and no other, for the environments that have it', function () {
    if (!ARE_AS_SHIPPED) this.skip();
    const account = Object.entries(ACCOUNTS).flatMap(([id, settings]) =>
      placeholders(settings, 'account.ts', `${id}.`),
    );
    const needed = ENVIRONMENTS.map((settings): [string, string[]] => {
      const { network } = settings;
      const own = placeholders(settings, `${settings.name}.ts`);
      const nat = network.egress === 'nat-single' ? ['network.natZone'] : [];
      return [settings.name, [...account, ...own, ...nat, ...Object.keys(ALSO)]];
    });
    expect(needed.flat(2)).to.include.members(['github.ownerId', 'network.zones', 'cdn.domainNames', 'tags.Owner']);
    expect(sorted(rowsBelow('Settings'))).to.deep.equal(sorted(byValue(needed)));
  });

  it('lists each secret that a stack needs, and the API key of the smoke test', () => {
    const { stacks } = synthesise();
    const needed = NAMES.map((name): [string, string[]] => {
      const parameters = parametersOf(stacks[`platform-${name}`] ?? {});
      const secrets = parameters.filter((each) => each.includes('/secrets/'));
      return [name, [...secrets.map((each) => each.replace(`/${name}/`, '/ENV/')), 'IMAGE_SERVICE_API_KEY']];
    });
    expect(needed[0]?.[1]).to.have.length(3);
    expect(sorted(rowsBelow('Secrets'))).to.deep.equal(sorted(byValue(needed)));
  });

  it('makes each of these secrets by a command, and those that only other settings need', () => {
    const webhook = { images: 'all', webhookUrl: 'https://scan.example.com/images' } as const;
    const { platform } = synthesised('prod', { api: { moderation: webhook } });
    const withWebhook = parametersOf(platform).map((name) => name.replace('/prod/', '/ENV/'));
    const listed = [...rowsBelow('Secrets').keys()];
    const parameters = withWebhook.filter((name) => name.includes('/secrets/'));
    expect(parameters.filter((name) => !listed.includes(name))).to.deep.equal([
      '/image-service/ENV/secrets/moderation-secret',
    ]);
    for (const name of parameters)
      expect(page)
        .to.include(`--name ${name.replace('ENV', '$NAME')} --type SecureString`)
        .and.to.include(`\`${name}\``);
    expect(page).to.include('gh secret set IMAGE_SERVICE_API_KEY --env $NAME');
  });

  it('gives GitHub only what is JSON', () => {
    expect(givenToGithub()).to.have.length(4);
  });

  it('requires every job of Check that runs on a pull request, by its name', () => {
    const jobs = ({ path, only }: { path: string; only?: string }) => {
      const { jobs: all } = parse(read(`.github/workflows/${path}`)) as { jobs: Record<string, Job> };
      return Object.entries(all).flatMap(([id, job]) => (only && id !== only ? [] : namesOfChecks(job)));
    };
    const [main] = givenToGithub().filter(({ name }) => name === 'main');
    const required = main?.rules.flatMap((rule) => rule.parameters?.required_status_checks ?? []);
    expect(required?.map(({ context }) => context)).to.deep.equal([
      ...jobs({ path: 'check.yml' }),
      ...jobs({ path: 'plan.yml', only: 'synth' }),
    ]);
  });

  it('gives every GitHub environment its rules before an account has roles that trust it', () => {
    const [, step = ''] = page.split('\n## 3. GitHub\n');
    const [commands = ''] = step.split('\n## ');
    const names = (of: RegExp) => [...commands.matchAll(of)].map(([, name = '']) => name);
    const made = names(/--method PUT repos\/\$REPO\/environments\/(\S+) /g);
    const limited = names(/environments\/(\S+)\/deployment-branch-policies --field name=main /g);
    const [together = ''] = names(/for ENVIRONMENT in ([\w ]+); do\n +echo /g);
    expect(made).to.deep.equal(limited);
    expect(made.flatMap((name) => (name === '$ENVIRONMENT' ? together.split(' ') : name))).to.have.members(
      Object.values(ACCOUNTS).flatMap(({ githubEnvironments }) => githubEnvironments),
    );
    expect(page.indexOf('\n## 3. GitHub\n')).to.be.below(page.indexOf('cdktf deploy bootstrap'));
  });

  it('removes a state only after the bucket has been seen to have it', () => {
    const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
    const removing = blocks.filter((block) => block.includes('tfstate*'));
    expect(removing).to.have.length(1);
    expect(removing[0]).to.match(
      new RegExp(`^aws s3api head-object --key ${BOOTSTRAP_STATE_KEY} [^\\n]*\\\\\\n[^\\n]* &&\\n  rm \\S+\\n$`),
    );
  });

  describe('agrees with the files of GitHub:', () => {
    const paths = () =>
      readdirSync(new URL('../../.github', import.meta.url), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => `${parentPath}/${name}`.replace(/^.*?(?=\.github\/)/, ''));

    it('names each that has a placeholder', () => {
      const withPlaceholders = paths().filter((path) => read(path).includes('PLACEHOLDER'));
      expect(withPlaceholders).to.include('.github/CODEOWNERS');
      expect(withPlaceholders.filter((path) => !page.includes(`\`${path}\``))).to.deep.equal([]);
    });

    it('lists every secret that a workflow reads', () => {
      const secrets = paths().flatMap((path) => [...read(path).matchAll(/\bsecrets\.(\w+)/g)].map(([, name]) => name));
      expect(secrets).to.include('IMAGE_SERVICE_API_KEY');
      expect(secrets.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([]);
    });

    it('says what the failure of each step means, in the order of the steps', () => {
      const workflow = read('.github/workflows/deploy-environment.yml');
      const [, deployment = ''] = workflow.split(/^ {2}deploy:$/m);
      const steps = [...deployment.matchAll(/^ {6}- id: (\w+)$/gm)].map(([, id]) => id);
      const [, section = ''] = page.split('\n## When a deployment fails\n');
      const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, id]) => id);
      expect(steps).to.include('rollback');
      expect(rows).to.deep.equal(steps);
    });
  });
});
