/** One statement of an IAM or resource policy, in IAM's own words. */
export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  /** In resource and trust policies. */
  Principal?: '*' | Record<string, string | readonly string[]>;
  Action: string | readonly string[];
  /** Not in trust policies. */
  Resource?: string | readonly string[];
  Condition?: Record<string, Record<string, string | readonly string[]>>;
}

/** Lets whoever has the policy do something with resources, where a condition is given only under it. */
export const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  Condition?: Statement['Condition'],
): Statement => ({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) });

/** A policy as written here, not as a data source: reviewers see it in the plan, and tests in the synthesised stack. */
export const policyDocument = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
