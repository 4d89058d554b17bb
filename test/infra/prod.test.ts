import { prod } from '../../stacks/environments/prod.ts';
import { describeApplied } from './applied/applied-stacks.ts';
import { endToEndTests } from './suites/end-to-end-tests.ts';
import { protectionTests } from './suites/protection-tests.ts';
import { rotationTests } from './suites/rotation-tests.ts';
import { routingTests } from './suites/routing-tests.ts';

describeApplied('prod', ['storage-prod', 'platform-prod'], (applied) => {
  routingTests(applied, prod);
  endToEndTests(applied, prod);
  rotationTests(applied, prod);
  protectionTests(applied, prod.name);
});
