import { inCheck, inSetup, type Mistakes } from './mistake.ts';

export const SUITES: Mistakes = {
  'run every suite of .ci/run': {
    'a suite that is left out': inCheck('npm run test:aws -- --peers', 'npm run test:aws'),
    'a new suite that only .ci/run has': (project) => {
      project.ci += '\nnpm run test:new\n';
    },
  },
  'try the commands of the README with every Node': {
    'a Node that the README promises': inCheck("['20.19', '22', '24']", "['22', '24']"),
    'a command that the README promises': inCheck('npm start >', 'npm run dev >'),
  },
  'install the tools that the suites are tested with': {
    'another moto than that of the tests': inCheck('moto[server]==5.2.1', 'moto[server]==5.0.0'),
    'a Terraform without locks in S3': inSetup('terraform_version: 1.11.4', 'terraform_version: 1.9.8'),
  },
  'have known keys and variables, and run on systems of GitHub': {
    'a system that changes by itself': inCheck('ubuntu-24.04', 'ubuntu-latest'),
  },
};
