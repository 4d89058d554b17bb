import { inCheck, inDeploy, inDrift, inEnvironment, inPlan, inSetup, inTeardown, type Mistakes } from './mistake.ts';

const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';
const UNKNOWN = `someone/run-suite@${'0'.repeat(40)} # v1.0.0`;

export const ACTIONS: Mistakes = {
  'pass actionlint': {
    'an unknown key': inCheck('timeout-minutes: 120', 'timeout: 120'),
    'an output of a step that is not there': inDeploy('steps.build.outputs.run-id', 'steps.find.outputs.run-id'),
  },
  'use actions by their commit, with the version behind it': {
    'an action by a tag': inPlan(CHECKOUT, 'actions/checkout@v7'),
    'an action by a branch, in the action of the project': inSetup(
      'actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5',
      'actions/cache@main',
    ),
    'a commit whose version nobody can read': inCheck(CHECKOUT, CHECKOUT.replace(/ #.*/, '')),
  },
  'use one version of each action': {
    'an upgrade that forgets other workflows': inDrift(CHECKOUT, CHECKOUT.replace('3d3c', '4d3c')),
  },
  'use known actions, and give them inputs that they have': {
    'an action that nobody has looked at': inCheck('run: npm run test:http', `uses: ${UNKNOWN}`),
    'a misspelt allowed-account-ids': inTeardown('allowed-account-ids', 'allowed-accounts'),
    'long-lived keys': inTeardown('role-session-name:', 'aws-access-key-id: AKIA\n          role-session-name:'),
  },
  'restore no cache beside credentials': {
    'a cache beside credentials': inEnvironment('terraform: true', 'terraform: true\n          cache: infra'),
  },
};
