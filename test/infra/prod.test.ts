import { prod } from '../../stacks/environments/prod.ts';
import { describeApplied } from './applied-stacks.ts';
import { endToEndTests } from './end-to-end-tests.ts';
import { protectionTests } from './protection-tests.ts';
import { rotationTests } from './rotation-tests.ts';
import { routingTests } from './routing-tests.ts';

describeApplied('prod', ['storage-prod', 'platform-prod'], (applied) => {
  routingTests(applied, prod);
  endToEndTests(applied, prod);
  rotationTests(applied, prod);
  protectionTests(applied, prod.name);
});
