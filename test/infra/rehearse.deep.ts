import { BAD_VERSIONS } from './rehearse/bad-versions.ts';
import { describeRehearsal } from './rehearse/rehearse-versions.ts';

describeRehearsal('every bad version that is deployed by the workflow', BAD_VERSIONS);
