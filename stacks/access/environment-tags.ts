import { APP } from '../../shared/contracts/names.ts';
import type { Statement } from './policy-document.ts';

type Condition = NonNullable<Statement['Condition']>;

const tagged = (key: 'aws:RequestTag' | 'aws:ResourceTag', environment: string): Record<string, string> => ({
  [`${key}/Project`]: APP,
  [`${key}/Environment`]: environment,
});

/**
 * New resources must get the tags of this environment. Some of these actions also change existing resources, which must not be another
 * environment's.
 */
export const madeFor = (environment: string): Condition => ({
  StringEquals: tagged('aws:RequestTag', environment),
  StringEqualsIfExists: { 'aws:ResourceTag/Environment': environment },
});

/** Existing resources must have the tags of this environment, and keep them. */
export const ownedBy = (environment: string): Condition => ({
  StringEquals: tagged('aws:ResourceTag', environment),
  StringEqualsIfExists: tagged('aws:RequestTag', environment),
});
