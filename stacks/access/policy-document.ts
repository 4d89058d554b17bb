/** One statement of an IAM or resource policy, in the format of IAM. */
export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  /** Only in resource and trust policies. */
  Principal?: '*' | Record<string, string | readonly string[]>;
  Action: string | readonly string[];
  /** Not in trust policies. */
  Resource?: string | readonly string[];
  Condition?: Record<string, Record<string, string | readonly string[]>>;
}

/** A statement that allows actions on resources, optionally under a condition. */
export const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  Condition?: Statement['Condition'],
): Statement => ({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) });

/** A statement that denies actions on resources under a condition, whatever allows them. */
export const deny = (
  Action: string | readonly string[],
  Resource: string | readonly string[],
  Condition: NonNullable<Statement['Condition']>,
): Statement => ({ Effect: 'Deny', Action, Resource, Condition });

/** A policy as JSON and not as a data source, so that reviewers see it in the plan and tests in the synthesised stack. */
export const policyDocument = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
