import { BackupPlan } from '@cdktf/provider-aws/lib/backup-plan/index.js';
import { BackupSelection } from '@cdktf/provider-aws/lib/backup-selection/index.js';
import { BackupVault } from '@cdktf/provider-aws/lib/backup-vault/index.js';
import { BackupVaultLockConfiguration } from '@cdktf/provider-aws/lib/backup-vault-lock-configuration/index.js';
import type { Construct } from 'constructs';
import { arnsOf, type Deployment, namesOf } from '../../shared/contracts/names.ts';
import { backupStatements } from '../access/copy-permissions.ts';
import { createServiceRole } from '../access/service-role.ts';
import type { TableBackupSettings } from '../environments/settings.ts';

/** Days in which a lock that binds everybody can still be taken back; AWS allows no fewer. */
export const COOLING_OFF_DAYS = 3;

/**
 * Days that a lock wants each backup to be kept at least. What is in a locked vault stays for its own time anyway, so this need not follow
 * `keptDays`: a final lock takes no other figure any more.
 */
export const LEAST_KEPT_DAYS = 7;

/** Minutes for a backup to begin, the least there are, and to end: a table of some TB takes hours. */
const START_MINUTES = 60;
const COMPLETION_MINUTES = 24 * 60;

interface TableBackupProps {
  deployment: Deployment;
  settings: TableBackupSettings;
  /** Whether the vault may be destroyed with what is in it. */
  disposable: boolean;
}

/**
 * Full backups of the table by AWS Backup. Unlike those of DynamoDB they are in a vault, which can be locked and copied elsewhere, and they
 * outlive the table.
 */
export function createTableBackup(scope: Construct, { deployment, settings, disposable }: TableBackupProps): void {
  const names = namesOf(deployment);
  const vault = new BackupVault(scope, 'backup-vault', { name: names.backupVault, forceDestroy: disposable });
  new BackupVaultLockConfiguration(scope, 'backup-vault-lock', {
    backupVaultName: vault.name,
    minRetentionDays: LEAST_KEPT_DAYS,
    // Left out, whoever may change the vault may take the lock away.
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
