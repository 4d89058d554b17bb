import { staging } from '../../stacks/environments/staging.ts';
import { describeApplied } from './applied/applied-stacks.ts';
import { routingTests } from './suites/routing-tests.ts';

describeApplied('staging', ['storage-staging', 'platform-staging'], (applied) => {
  routingTests(applied, staging);
});
