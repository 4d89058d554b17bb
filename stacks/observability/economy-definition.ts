import type { Names } from '../../shared/contracts/names.ts';
import { economyPartition, economySortKey, IMAGE_TABLE } from '../../shared/contracts/table.ts';
import { scalableWorkers, WORKER_CAP } from '../../shared/contracts/worker-cap.ts';
import { type EconomyModeValue, tasksInEconomyMode } from '../../shared/domain/economy-mode.ts';
import type { WorkerSettings } from '../environments/settings.ts';

/** What an execution is started with. */
export interface SwitchInput {
  mode: EconomyModeValue;
  /** Who switches, for the item of the table. */
  by: string;
}

/** Step Functions tries again for about five minutes if a service does not answer. */
const RETRY = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 5, BackoffRate: 2, JitterStrategy: 'FULL' },
];

const scaling = (action: string): string => `arn:aws:states:::aws-sdk:applicationautoscaling:${action}`;

/**
 * The definition of the state machine that switches economy mode, in the Amazon States Language: it writes the item that the services follow, then
 * caps the workers or removes the cap. It calls the services itself, so that there is no function to keep
 * (https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html, read in November 2026).
 */
export function economyDefinition(names: Names, workers: WorkerSettings): object {
  const target = scalableWorkers(names);
  const { ScheduledActionName, Schedule } = WORKER_CAP;
  return {
    Comment: 'Switches economy mode on or off',
    StartAt: 'Switch',
    States: {
      Switch: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:putItem',
        Parameters: { TableName: names.table, Item: SWITCH },
        ResultPath: null,
        Retry: RETRY,
        Next: 'CapWorkers',
      },
      // Also before the cap is removed, because it is an error to remove one that does not exist.
      CapWorkers: {
        Type: 'Task',
        Resource: scaling('putScheduledAction'),
        Parameters: {
          ...target,
          ScheduledActionName,
          Schedule,
          ScalableTargetAction: { MaxCapacity: tasksInEconomyMode(workers) },
        },
        ResultPath: null,
        Retry: RETRY,
        Next: 'WhichMode',
      },
      WhichMode: {
        Type: 'Choice',
        Choices: [{ Variable: '$.mode', StringEquals: 'off', Next: 'RemoveCap' }],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
      RemoveCap: {
        Type: 'Task',
        Resource: scaling('deleteScheduledAction'),
        Parameters: { ...target, ScheduledActionName },
        Retry: RETRY,
        Next: 'FreeWorkers',
      },
      FreeWorkers: {
        Type: 'Task',
        Resource: scaling('registerScalableTarget'),
        Parameters: { ...target, MaxCapacity: workers.maxTasks },
        Retry: RETRY,
        End: true,
      },
    },
  };
}

/** The item as `switchEconomyMode` writes it; a name that ends with `.$` takes its value from a path. */
const SWITCH = {
  [IMAGE_TABLE.partitionKey]: { S: economyPartition },
  [IMAGE_TABLE.sortKey]: { S: economySortKey },
  mode: { 'S.$': '$.mode' },
  changedAt: { 'S.$': '$$.State.EnteredTime' },
  changedBy: { 'S.$': '$.by' },
};
