import { absentOr } from '../target-stack/aws-refusals.ts';
import { resourcesOf } from '../target-stack/synthesised-environment.ts';
import { type Check, note, orWell } from './finding.ts';

/**
 * Checks the environment's buckets and table. A platform can be applied without them, since it refers to them by name only, but its tasks
 * do not work. Queues are created by the same apply and are not checked, because version 1 of the AWS CLI does not ask for them at
 * AWS_ENDPOINT_URL.
 */
export const storage: Check = {
  id: 'storage',
  asksAws: true,
  async look({ aws, environment, storage: stack }) {
    const ask = aws();
    const looks = [
      ...resourcesOf(stack, 'aws_s3_bucket').map(({ bucket }) =>
        absentOr(`bucket ${bucket}`, ['404'], ask('s3api', 'head-bucket', '--bucket', bucket)),
      ),
      ...resourcesOf(stack, 'aws_dynamodb_table').map(({ name }) =>
        absentOr(
          `table ${name}`,
          ['ResourceNotFoundException'],
          ask('dynamodb', 'describe-table', '--table-name', name),
        ),
      ),
    ];
    const absent = (await Promise.all(looks)).filter((each) => each !== undefined);
    const first = note(
      `There is no ${absent.join(', no ')} yet. The platform can be applied without them, but its tasks will not work.`,
      `before platform-${environment}: npx cdktf deploy storage-${environment}`,
    );
    return orWell(absent.length > 0 ? [first] : [], 'Buckets and table are there.');
  },
};
