import { expression } from '../project.ts';
import { inCheck, inDeploy, inDrift, inEnvironment, inPlan, type Mistakes } from './mistake.ts';

const SECRET = expression('secrets.IMAGE_SERVICE_API_KEY');

export const PERMISSIONS: Mistakes = {
  'grant each job the least': {
    'permissions of all jobs': inDeploy('permissions: {}', 'permissions: write-all'),
    'a wider permission': inPlan('pull-requests: write', 'pull-requests: write\n      issues: write'),
    'a job without permissions of its own': inCheck('    permissions:\n      contents: read\n', '', 'deep:'),
  },
  'let those jobs get credentials that ask for them': {
    'a token for the build': inDeploy('contents: read', 'contents: read\n      id-token: write', 'build:'),
    'a release that may not ask AWS': inDeploy('      id-token: write\n', '', '  release:\n    name'),
  },
  'leave no token behind after checkout': {
    'a token left in .git/config': inEnvironment('persist-credentials: false', 'persist-credentials: true'),
  },
  'give the secrets to the smoke test alone': {
    'a secret on a command line': inEnvironment('--outputs outputs.json --rev', `--key ${SECRET} --rev`),
    'a secret for every step': inEnvironment('ENVIRONMENT: ', `KEY: ${SECRET}\n      ENVIRONMENT: `, '  deploy:'),
    'a further secret for the called workflow': inDeploy('secrets:\n', `secrets:\n      KEY: ${SECRET}\n`),
    'all secrets for the called workflow': ({ files }) => {
      const file = '.github/workflows/deploy.yml';
      files[file] = files[file]?.replace(/secrets:\n( {6}IMAGE.*\n)+/, 'secrets: inherit\n') ?? '';
    },
  },
  'put no secret on a command line, and print none': {
    'a printed secret': inEnvironment('npm run smoke', 'echo "$IMAGE_SERVICE_API_KEY" && npm run smoke'),
    'a printed environment': inEnvironment('run: npm run wait-steady -- "$ENVIRONMENT"', 'run: env'),
  },
  'pass the token of a job by its names': {
    'the token of a job in another variable': inDrift('GITHUB_TOKEN: ', 'NPM_TOKEN: '),
  },
};
