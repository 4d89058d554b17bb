import type { BacklogRule } from '../../../stacks/compute/backlog-rule.ts';
import type { SimulationSettings } from './simulation-settings.ts';

/** A change of how the number of tasks follows the queue, to see what it does. */
export interface RuleVariant {
  title: string;
  change(settings: SimulationSettings): SimulationSettings;
  /** Whether it is worth its time for very many messages too. */
  isForMany?: boolean;
}

const withRule =
  (change: (rule: BacklogRule) => Partial<BacklogRule>) =>
  (settings: SimulationSettings): SimulationSettings => {
    const { scaling } = settings;
    return { ...settings, scaling: { ...scaling, rule: { ...scaling.rule, ...change(scaling.rule) } } };
  };

/**
 * A limit that was there once, a rule that looks at all messages instead of those of a task, mistakes that people make, and the one assumption
 * about AWS that changes the picture.
 */
export const RULE_VARIANTS: readonly RuleVariant[] = [
  {
    title: 'limit: ten instances at most start at once',
    change: ({ fleet, ...settings }) => ({
      ...settings,
      fleet: { ...fleet, managed: { ...fleet.managed, maximumScalingStepSize: 10 } },
    }),
    isForMany: true,
  },
  {
    title: 'other rule: the backlog is not divided by the tasks',
    change: withRule(({ backlogSeconds }) => ({
      backlogSeconds: ({ visible }) => backlogSeconds({ visible, tasks: 1 }),
    })),
    isForMany: true,
  },
  {
    title: 'mistake: the target is ten times as high',
    change: withRule(({ targetSeconds }) => ({ targetSeconds: targetSeconds * 10 })),
    isForMany: true,
  },
  {
    title: 'mistake: there is no cooldown',
    change: withRule(() => ({ scaleOutCooldownSeconds: 0, scaleInCooldownSeconds: 0 })),
  },
  {
    title: 'assumption: AWS removes tasks in proportion, not gradually',
    change: (settings) => ({ ...settings, timing: { ...settings.timing, taskRemovalShare: 1 } }),
  },
];
