import { describeAuthFuzz } from '../support/fuzz/describe-fuzz.ts';

describeAuthFuzz({ 'requests with credentials': 600 });
