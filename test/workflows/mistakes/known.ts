import { expression } from '../project.ts';
import { inCheck, inDeploy, inDrift, inEnvironment, inPlan, inTeardown, type Mistakes } from './mistake.ts';

const TOKEN = `GITHUB_TOKEN: ${expression('github.token')}\n`;

export const KNOWN: Mistakes = {
  'have known keys and variables, and run on systems of GitHub': {
    'a service of somebody beside a deployment': inEnvironment(
      '    concurrency:\n',
      '    services: { db: { image: db } }\n    concurrency:\n',
    ),
    'options of npm': inTeardown('CONFIRM:', 'npm_config_node_options: --inspect\n          CONFIRM:'),
  },
  'start on exactly their events': {
    'a check of some files': inCheck('branches: [main]', "branches: [main]\n    paths: ['shared/**']"),
  },
  'leave no suite out': {
    'a suite for pushes alone': inCheck(
      '    name: HTTP linter\n',
      `    name: HTTP linter\n    if: ${expression("github.event_name == 'push'")}\n`,
    ),
  },
  'name secrets in known places': {
    'a secret in a group of concurrency': inDrift(
      'group: drift',
      `group: ${expression('secrets.IMAGE_SERVICE_API_KEY')}`,
    ),
    'another secret by the name of one': inDeploy('secrets.IMAGE_SERVICE_API_KEY', 'secrets.PROD_KEY'),
  },
  'read contexts by the names of their values': {
    'all secrets as one text': inDeploy('secrets.IMAGE_SERVICE_API_KEY', 'toJSON(secrets)'),
    'the token by an index': inDrift('github.token', "github['token']"),
  },
  'pass the token of a job by its names': {
    'the token of a job beside other text': inDrift(TOKEN, `GITHUB_TOKEN: x${expression('github.token')}\n`),
  },
  'read no words of strangers': {
    'the name of a branch as an environment': inPlan(
      expression('matrix.environment'),
      expression('github.event.pull_request.head.ref'),
      'env:',
    ),
  },
  'run known programs, and really': {
    'text of a variable that is run': inTeardown('exec npm run teardown', 'eval "$CONFIRM" && npm run teardown'),
    'a failure that is only told': inEnvironment(
      'wait-steady -- "$ENVIRONMENT"',
      'wait-steady -- "$ENVIRONMENT" || echo no',
    ),
    'a record that is only said': inEnvironment('--previous previous.json', '--previous previous.json --dry-run'),
  },
  'apply in one place, and compare': {
    'an apply by the drift': inDrift('--plan-only --no-lock', ''),
    'a plan that is no comparison': inDrift('--no-lock --expect-no-changes', '--no-lock', 'steps.platform.outcome'),
    'a smoke test that takes any version for this one': inEnvironment('"$GITHUB_SHA"', '"$REVISION"', 'npm run smoke'),
  },
  'keep known files': {
    'outputs in an artifact': inEnvironment('path: previous.json', 'path: outputs.json'),
    'stacks in an artifact': inCheck('/tmp/image-service-*/**/*.log', '/tmp/image-service-*/**/*.json'),
  },
  'check out the commit of the event': {
    'a teardown by another branch': inTeardown(
      'persist-credentials: false\n',
      'persist-credentials: false\n          ref: other\n',
    ),
  },
};
