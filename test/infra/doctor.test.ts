import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { certificates } from '../../scripts/doctor/certificates.ts';
import { CHECKS } from '../../scripts/doctor/checks.ts';
import type { Finding } from '../../scripts/doctor/finding.ts';
import { runCheck } from '../../scripts/doctor/run-checks.ts';
import { LOCAL_REGION } from '../../scripts/local/emulators/emulators.ts';
import { refusalOf } from '../../scripts/target-stack/aws-cli.ts';
import { readEnvironment, type SynthesisedEnvironment } from '../../scripts/target-stack/synthesised-environment.ts';
import { ACCOUNT_ID } from '../../stacks/environments/account.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/storage/temporary-folder.ts';
import { distribute, follow, makeBootstrap, makeStorage, pushImages, requestCertificate } from './account-steps.ts';
import { aws } from './aws-cli.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { putParameters } from './prerequisites.ts';
import { synthesise } from './stacks.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/doctor.ts', import.meta.url));

/** Values in place of the placeholders, so that nothing is missing in the end. */
const OWN: [placeholder: RegExp | string, own: string][] = [
  [ACCOUNT_ID, '210987654321'],
  [/example\.com/g, 'acme.dev'],
  ['repo:example', 'repo:acme'],
  ['certificate/00000000-0000-4000-8000-', 'certificate/10000000-0000-4000-8000-'],
];

const ownOf = (text: string): string =>
  OWN.reduce((replaced, [placeholder, own]) => replaced.replaceAll(placeholder, own), text);

describe('npm run doctor, in a new account,', function () {
  this.timeout(900_000);
  let folder: TemporaryFolder;
  let emulated: EmulatedAws;
  let site: SynthesisedEnvironment;
  before(async () => {
    folder = await createTemporaryFolder();
    for (const { folder: stack } of (await synthesise(folder.path)).stacks) {
      const file = join(stack, 'cdk.tf.json');
      await writeFile(file, ownOf(await readFile(file, 'utf8')));
    }
    emulated = await startEmulatedAws('210987654321');
    site = await siteOf('staging');
  });
  after(async () => {
    await emulated?.stop();
    await folder?.remove();
  });

  /** An environment in the emulated AWS. */
  const siteOf = async (environment: string): Promise<SynthesisedEnvironment> => ({
    ...(await readEnvironment(join(folder.path, 'stacks'), environment)),
    aws:
      (region = LOCAL_REGION) =>
      (service, command, ...options) =>
        aws(emulated.endpoint, service, command, '--region', region, ...options).catch((error: Error) => {
          throw refusalOf(error.message);
        }),
  });

  async function certify(): Promise<void> {
    const validate = await requestCertificate(site);
    const [waiting] = await runCheck(certificates, site);
    expect(waiting?.what).to.equal('The certificate of the load balancer is waiting for a DNS record.');
    await validate();
  }

  const PARAMETERS = ['async-upload', 'download', 'sync-upload', 'worker'].map((name) => `images/${name}`);
  const SECRETS = ['api-keys', 'link-keys', 'origin-verify'].map((name) => `secrets/${name}`);

  /**
   * The findings of each check in an empty account, and how to mend them. Images come last, because mending them also corrects the
   * parameters.
   */
  const CASES: Record<string, [says: string[], mend: (findings: Finding[]) => Promise<unknown>]> = {
    bootstrap: [
      ['missing: The account lacks bucket image-service-state-210987654321-us-east-1, '],
      () => makeBootstrap(site),
    ],
    quotas: [
      [
        'missing: vCPUs of instances on demand: staging needs 12; the account may have 5.',
        'missing: vCPUs of spot instances: staging needs 16; the account may have 5.',
        'note: vCPUs on Fargate: staging needs 4; the account may have 6.',
      ],
      (findings) => follow(site, findings),
    ],
    'service-linked roles': [
      ['ecs', 'elasticloadbalancing', 'autoscaling', 'spot', 'ecs.application-autoscaling'].map(
        (service) => `missing: ${service}.amazonaws.com has no role in the account.`,
      ),
      (findings) => follow(site, findings),
    ],
    certificates: [['missing: There is no certificate arn:aws:acm:us-east-1:210987654321:certificate/1'], certify],
    CloudFront: [['note: The account has no distribution yet'], () => distribute(site)],
    parameters: [
      [...PARAMETERS, ...SECRETS].map((name) => `missing: There is no parameter /image-service/staging/${name}.`),
      () => putParameters(emulated.endpoint, JSON.stringify(site.platform)),
    ],
    images: [
      ['async-upload', 'download', 'sync-upload', 'worker'].map(
        (name) => `missing: There is no image image-service/${name}@`,
      ),
      () => pushImages(site),
    ],
    storage: [
      [
        'note: There is no bucket image-service-staging-images-210987654321, no table image-service-staging-images yet.',
      ],
      () => makeStorage(site),
    ],
    'cost allocation tags': [
      ['note: CostCenter, Environment, Owner, Project are not active'],
      (findings) => follow(site, findings),
    ],
    zones: [[], async () => undefined],
  };

  it('has a case for every check that asks AWS', () => {
    const asking = CHECKS.filter(({ id, asksAws }) => asksAws && id !== 'credentials').map(({ id }) => id);
    expect(Object.keys(CASES)).to.have.members(asking);
  });

  for (const [id, [says, mend]] of Object.entries(CASES)) {
    it(`finds what is missing of ${id}, and nothing when it is there`, async () => {
      const check = CHECKS.find((each) => each.id === id) as (typeof CHECKS)[number];
      const found = await runCheck(check, site);
      const wrong = found.filter(({ outcome }) => outcome !== 'well').map(({ outcome, what }) => `${outcome}: ${what}`);
      expect(wrong).to.have.length(says.length);
      for (const [at, sentence] of says.entries()) expect(wrong[at]).to.include(sentence);
      await mend(found);
      expect((await runCheck(check, site)).filter(({ outcome }) => outcome !== 'well')).to.deep.equal([]);
    });
  }

  it('exits with 0 when everything is there', async () => {
    // The stack names the certificate that was requested.
    await cp(site.folder, join(folder.path, 'mended'), { recursive: true });
    const file = join(folder.path, 'mended', 'platform-staging', 'cdk.tf.json');
    await writeFile(file, JSON.stringify(site.platform));
    const { PATH, HOME } = process.env;
    const env = {
      ...{
        PATH,
        HOME,
        AWS_REGION: LOCAL_REGION,
        AWS_DEFAULT_REGION: LOCAL_REGION,
        AWS_ENDPOINT_URL: emulated.endpoint,
      },
      ...{ AWS_ACCESS_KEY_ID: 'emulated', AWS_SECRET_ACCESS_KEY: 'emulated' },
    };
    const args = [SCRIPT, 'staging', '--stacks', join(folder.path, 'mended')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).to.match(/\nNothing missing\.\n$/);
  });
});
