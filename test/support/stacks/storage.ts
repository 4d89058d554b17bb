import { prod } from '../../../stacks/environments/prod.ts';
import type { EnvironmentSettings, StorageSettings } from '../../../stacks/environments/settings.ts';
import { StorageStack } from '../../../stacks/storage-stack.ts';
import { type Arguments, all, DEPLOYMENT, type Synthesised, synthesise } from './entrance.ts';
import { testingApp } from './testing-app.ts';

export type StorageChanges = Partial<Omit<EnvironmentSettings, 'storage'>> & { storage?: Partial<StorageSettings> };

/** The storage of settings like prod's, with changes. */
export const storageStack = ({ storage, ...changes }: StorageChanges = {}): Synthesised =>
  synthesise(
    new StorageStack(testingApp(), 'storage', {
      ...prod,
      name: DEPLOYMENT.environment,
      accountId: DEPLOYMENT.accountId,
      region: DEPLOYMENT.region,
      ...changes,
      storage: { ...prod.storage, ...storage },
    }),
  );

export const storage = (settings: Partial<StorageSettings> = {}): Synthesised => storageStack({ storage: settings });

export const bucketNames = (synthesised: Synthesised): string[] =>
  all(synthesised, 's3_bucket').map(({ bucket }) => bucket);

/** The resource of a type that configures a bucket. */
export function ofBucket(synthesised: Synthesised, type: string, name: string): Arguments | undefined {
  const buckets = Object.entries(synthesised.resource.aws_s3_bucket ?? {});
  const [id] = buckets.find(([, { bucket }]) => bucket === name) ?? [];
  return all(synthesised, type).find(({ bucket }) => bucket === `\${aws_s3_bucket.${id}.id}`);
}

export const statementsOf = (policy: Arguments | undefined): Arguments[] =>
  JSON.parse(policy?.policy ?? '{}').Statement ?? [];
