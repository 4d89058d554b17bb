import { expression } from '../project.ts';
import { inDeploy, inPlan, inTeardown, type Mistakes } from './mistake.ts';

const TITLE = expression('github.event.pull_request.title');
const BASE = expression('github.event.pull_request.base.sha');

export const STRANGERS: Mistakes = {
  'start on exactly their events': {
    pull_request_target: inPlan('  pull_request:', '  pull_request_target:'),
    'a deployment of every branch': inDeploy('    branches: [main]\n', ''),
  },
  'run no text of an expression': {
    'a title of a pull request inside run': inPlan('run: npm run synth', `run: echo "${TITLE}" && npm run synth`),
    'an input inside run': inTeardown('"$CONFIRM"', `"${expression('inputs.confirm')}"`),
    'a name of a branch inside run': inPlan('cat plan-*.md', `cat "${expression('github.head_ref')}"`),
  },
  'quote every variable': {
    'words of somebody as arguments': inTeardown('"$CONFIRM"', '$CONFIRM'),
  },
  'give pull requests from forks no rights': {
    'credentials for forks': inPlan('github.event.pull_request.head.repo.full_name == github.repository && ', ''),
    'credentials for Dependabot': inPlan(" && github.event.pull_request.user.login != 'dependabot[bot]'", ''),
    'comments for forks': inPlan(" && needs.plan.result != 'skipped'", ''),
  },
  'comment by reviewed code': {
    'a comment by the code of the pull request': inPlan(`          ref: ${BASE}\n`, ''),
  },
};
