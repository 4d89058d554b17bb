import { BackupPlan } from '@cdktf/provider-aws/lib/backup-plan/index.js';
import { BackupSelection } from '@cdktf/provider-aws/lib/backup-selection/index.js';
import { BackupVault } from '@cdktf/provider-aws/lib/backup-vault/index.js';
import { BackupVaultLockConfiguration } from '@cdktf/provider-aws/lib/backup-vault-lock-configuration/index.js';
import type { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { backupStatements } from '../access/copy-permissions.ts';
import { createServiceRole } from '../access/service-role.ts';
import type { TableBackupSettings } from '../environments/settings.ts';

/** Days during which a compliance lock can still be removed; AWS allows no fewer. */
export const COOLING_OFF_DAYS = 3;

/**
 * The minimum number of days that a locked vault requires of each backup. It does not follow `keptDays`, because a compliance lock can never be
 * changed again, and backups in a locked vault stay for their own time anyway.
 */
export const LEAST_KEPT_DAYS = 7;

/** Minutes within which a backup must begin, the minimum that AWS allows, and end: a table of some TB takes hours. */
const START_MINUTES = 60;
const COMPLETION_MINUTES = 24 * 60;

interface TableBackupProps {
  deployment: Deployment;
  settings: TableBackupSettings;
  /** Whether the vault may be destroyed with its content. */
  disposable: boolean;
}

/**
 * Full backups of the table by AWS Backup. Unlike DynamoDB's own backups, they are in a vault that can be locked and copied elsewhere, and they
 * outlive the table.
 */
export function createTableBackup(scope: Construct, { deployment, settings, disposable }: TableBackupProps): void {
  const names = namesOf(deployment);
  const vault = new BackupVault(scope, 'backup-vault', { name: names.backupVault, forceDestroy: disposable });
  new BackupVaultLockConfiguration(scope, 'backup-vault-lock', {
    backupVaultName: vault.name,
    minRetentionDays: LEAST_KEPT_DAYS,
    // Without this property, anybody who may change the vault may remove the lock.
    ...(settings.lock === 'compliance' && { changeableForDays: COOLING_OFF_DAYS }),
  });
  const role = createBackupRole(scope, deployment, settings);
  const plan = new BackupPlan(scope, 'backup-plan', {
    name: names.backupVault,
    rule: [ruleOf(vault.name, deployment, settings)],
  });
  new BackupSelection(scope, 'backup-selection', {
    name: names.table,
    planId: plan.id,
    iamRoleArn: role.arn,
    resources: [arnsOf(deployment).table],
    dependsOn: [role.policy],
  });
}

function createBackupRole(scope: Construct, deployment: Deployment, { copyTo }: TableBackupSettings) {
  const arns = arnsOf(deployment);
  return createServiceRole(scope, 'backup-role', {
    name: namesOf(deployment).backupRole,
    description: 'What AWS Backup does to back the table up and to copy that',
    service: 'backup.amazonaws.com',
    statements: backupStatements({
      table: arns.table,
      vault: arns.backupVault,
      copyVault: copyTo === 'none' ? undefined : arns.copyVault(copyTo),
      regional: arns.regional,
    }),
  });
}

function ruleOf(
  targetVaultName: string,
  deployment: Deployment,
  { everyHours, keptDays, copyTo }: TableBackupSettings,
) {
  const lifecycle = { deleteAfter: keptDays };
  return {
    ruleName: 'table',
    targetVaultName,
    schedule: `cron(0 ${everyHours === 24 ? '0' : `0/${everyHours}`} * * ? *)`,
    startWindow: START_MINUTES,
    completionWindow: COMPLETION_MINUTES,
    lifecycle,
    ...(copyTo !== 'none' && {
      copyAction: [{ destinationVaultArn: arnsOf(deployment).copyVault(copyTo), lifecycle }],
    }),
  };
}
