import { namesOf } from '../../shared/contracts/names.ts';
import { deploymentOf } from '../../stacks/environments/deployment.ts';
import { dev } from '../../stacks/environments/dev.ts';
import { describeApplied } from './applied-stacks.ts';
import { endToEndTests } from './end-to-end-tests.ts';
import { previewTests } from './preview-tests.ts';
import { routingTests } from './routing-tests.ts';
import { teardownTests } from './teardown-tests.ts';

const { cluster } = namesOf(deploymentOf(dev));

describeApplied('dev with the bootstrap', ['bootstrap', 'storage-dev', 'platform-dev'], (applied) => {
  previewTests(applied, dev.name);
  routingTests(applied, dev);
  endToEndTests(applied, dev);
  teardownTests(applied, dev.name, cluster);
});
