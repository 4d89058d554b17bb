import { BAD_VERSIONS } from './rehearse/bad-versions.ts';
import { describeRehearsal } from './rehearse/rehearse-versions.ts';

describeRehearsal(
  'a deployment by the workflow',
  BAD_VERSIONS.filter(({ isQuick }) => isQuick),
);
