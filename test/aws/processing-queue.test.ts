import { describeProcessingQueue } from '../shared/storage/queues/processing-queue.contract.ts';
import { openAwsQueue } from '../support/storage/aws-endpoint.ts';

describeProcessingQueue('SQS', openAwsQueue);
