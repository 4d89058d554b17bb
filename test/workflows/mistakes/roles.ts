import { expression } from '../project.ts';
import { inDeploy, inDrift, inEnvironment, inPlan, inTeardown, type Mistakes } from './mistake.ts';

export const ROLES: Mistakes = {
  'assume roles that the bootstrap makes and that trust the job': {
    'a renamed role of the bootstrap': ({ trust }) => {
      const { 'image-service-github-apply-staging': subjects = [] } = trust;
      delete trust['image-service-github-apply-staging'];
      trust['image-service-github-release-staging'] = subjects;
    },
    'a trust in another environment': ({ trust }) => {
      trust['image-service-github-deploy-prod'] = trust['image-service-github-deploy-dev'] ?? [];
    },
    'a role for other jobs': inPlan('outputs.preview-role', 'outputs.plan-role'),
    'a role that is no output': inEnvironment(
      'outputs.apply-role }}\n          role',
      'outputs.apply }}\n          role',
    ),
    'a job without its GitHub environment': inTeardown(`    environment: ${expression('inputs.environment')}\n`, ''),
    'drift from any branch': inDrift("github.ref == 'refs/heads/main'", "github.ref_type == 'branch'"),
  },
  'name the environments and services that there are': {
    'an environment that the workflows do not know': (project) => {
      project.environments = [...project.environments, { name: 'demo', accountId: '' }];
    },
    'an environment that pull requests may read': inPlan('environment: [dev]', 'environment: [dev, prod]'),
    'a merge that goes to prod': inDeploy('environment: staging', 'environment: prod'),
    'a service that is not attested': inDeploy('download, worker]', 'download]'),
  },
};
