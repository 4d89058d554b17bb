import { APP } from '../../shared/contracts/names.ts';
import type { Statement } from './policy-document.ts';

type Condition = NonNullable<Statement['Condition']>;

const tagged = (key: 'aws:RequestTag' | 'aws:ResourceTag', environment: string): Record<string, string> => ({
  [`${key}/Project`]: APP,
  [`${key}/Environment`]: environment,
});

/** What is made gets the tags of this environment. Some actions also change what is there: that must not be another environment's. */
export const madeFor = (environment: string): Condition => ({
  StringEquals: tagged('aws:RequestTag', environment),
  StringEqualsIfExists: { 'aws:ResourceTag/Environment': environment },
});

/** What is there has the tags of this environment, and keeps them. */
export const ownedBy = (environment: string): Condition => ({
  StringEquals: tagged('aws:ResourceTag', environment),
  StringEqualsIfExists: tagged('aws:RequestTag', environment),
});
