import { describeDeadLetterQueue } from '../shared/storage/queues/dead-letter-queue.contract.ts';
import { openAwsQueue } from '../support/storage/aws-endpoint.ts';

describeDeadLetterQueue('SQS', openAwsQueue);
