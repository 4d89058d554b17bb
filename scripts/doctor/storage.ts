import { type Check, note, orWell } from './finding.ts';
import { absentOr } from './refusals.ts';
import { resourcesOf } from './site.ts';

/**
 * Buckets and table of the environment. A platform is applied without them, since it knows them by name alone, and nothing that runs in it works.
 * Queues come by the same apply: version 1 of the AWS CLI asks for them elsewhere than at AWS_ENDPOINT_URL.
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
      `There is no ${absent.join(', no ')} yet. The platform can be applied without, and no task of it works.`,
      `before platform-${environment}: npx cdktf deploy storage-${environment}`,
    );
    return orWell(absent.length > 0 ? [first] : [], 'Buckets and table are there.');
  },
};
