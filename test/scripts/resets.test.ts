import { describeResets } from '../support/fuzz/describe-resets.ts';

describeResets(50);
