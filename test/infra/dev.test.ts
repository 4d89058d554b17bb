import { namesOf } from '../../shared/contracts/names.ts';
import { deploymentOf } from '../../stacks/environments/deployment.ts';
import { dev } from '../../stacks/environments/dev.ts';
import { describeApplied } from './applied/applied-stacks.ts';
import { endToEndTests } from './suites/end-to-end-tests.ts';
import { previewTests } from './suites/preview-tests.ts';
import { routingTests } from './suites/routing-tests.ts';
import { teardownTests } from './suites/teardown-tests.ts';

const { cluster } = namesOf(deploymentOf(dev));

describeApplied('dev with the bootstrap', ['bootstrap', 'storage-dev', 'platform-dev'], (applied) => {
  previewTests(applied, dev.name);
  routingTests(applied, dev);
  endToEndTests(applied, dev);
  teardownTests(applied, dev.name, cluster);
});
