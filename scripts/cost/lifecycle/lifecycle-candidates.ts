import type { LifecycleRule, LifecycleRules, Transition } from './lifecycle-rules.ts';

/** Lifecycle rules that are compared with those that move nothing. */
export interface LifecycleCandidate {
  name: string;
  rules: LifecycleRules;
}

/** What is compared besides the rules of the stack; like all rules without a size of their own, they leave objects below 128 KiB. */
const ALTERNATIVES: readonly Transition[] = [
  { to: 'INTELLIGENT_TIERING', days: 0 },
  { to: 'INTELLIGENT_TIERING', days: 30 },
  { to: 'STANDARD_IA', days: 30 },
  { to: 'STANDARD_IA', days: 90 },
  { to: 'GLACIER_IR', days: 90 },
  { to: 'GLACIER_IR', days: 180 },
];

const transitionText = ({ to, days }: Transition): string => `${to} after ${days} days`;

const isForPrefix = (prefix: string) => (rule: LifecycleRule) => prefix.startsWith(rule.prefix);

/** The same rules, which expire and abort what they did, without any transition for a prefix. */
export const withoutTransitions = ({ versioned, rules }: LifecycleRules, prefix: string): LifecycleRules => ({
  versioned,
  rules: rules.map((rule) => (isForPrefix(prefix)(rule) ? { ...rule, transitions: [] } : rule)),
});

function withTransitions(rules: LifecycleRules, prefix: string, moving: readonly LifecycleRule[]): LifecycleRules {
  const others = withoutTransitions(rules, prefix);
  const movesOnly = (rule: LifecycleRule): LifecycleRule => ({
    ...rule,
    ...{
      expirationDays: undefined,
      noncurrentDays: undefined,
      abortMultipartDays: undefined,
      removesDeleteMarkers: false,
    },
  });
  return { ...others, rules: [...others.rules, ...moving.map(movesOnly)] };
}

/** Each rule of the stack that moves objects of a prefix, all of them together if there are several, and the alternatives. */
export function lifecycleCandidates(rules: LifecycleRules, prefix: string): LifecycleCandidate[] {
  const moving = rules.rules.filter(isForPrefix(prefix)).filter(({ transitions }) => transitions.length > 0);
  const ruleName = ({ id, transitions }: LifecycleRule) => `rule ${id}: ${transitions.map(transitionText).join(', ')}`;
  return [
    ...moving.map((rule) => ({ name: ruleName(rule), rules: withTransitions(rules, prefix, [rule]) })),
    ...(moving.length > 1 ? [{ name: 'all rules', rules }] : []),
    ...ALTERNATIVES.map((transition) => ({
      name: transitionText(transition),
      rules: withTransitions(rules, prefix, [ruleThatMoves(prefix, transition)]),
    })),
  ];
}

const ruleThatMoves = (prefix: string, transition: Transition): LifecycleRule => ({
  ...{ id: transitionText(transition), prefix, transitions: [transition], removesDeleteMarkers: false },
});

/** The same rules without the sizes by which those that move objects choose. */
export const forAllSizes = ({ versioned, rules }: LifecycleRules): LifecycleRules => ({
  versioned,
  rules: rules.map((rule) =>
    rule.transitions.length > 0 ? { ...rule, largerThan: undefined, smallerThan: undefined } : rule,
  ),
});
