import { inCheck, inDrift, inEnvironment, inSetup, type Mistakes } from './mistake.ts';

export const COMMANDS: Mistakes = {
  'call scripts that exist': {
    'a script that is gone': ({ scripts }) => {
      delete scripts.rollback;
    },
    'a suite that has another name': inCheck('npm run test:deep', 'npm run test:slow'),
  },
  'call scripts with options that they have': {
    'an option that the script does not have': inEnvironment('--to previous.json', '--from previous.json'),
    'a misspelt option of drift': inDrift('--expect-no-changes', '--expect-no-change'),
    'an option without its value': inEnvironment('--timeout 50', '--timeout', '--to previous'),
  },
  'have commands that bash takes': {
    'a quote that does not end': inEnvironment('--from images\n', '--from "images\n'),
  },
  'stop at the first failure': {
    'a shell without pipefail': inCheck('defaults:\n  run:\n    shell: bash\n', ''),
    'another shell in the action of the project': inSetup('shell: bash', 'shell: sh'),
  },
  'run known programs, and really': {
    'a failure that is swallowed': inDrift('-storage.md"', '-storage.md" || true'),
  },
};
