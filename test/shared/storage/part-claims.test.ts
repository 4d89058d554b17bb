import { openLocalTable } from '../../support/emulators.ts';
import { describePartClaims } from './part-claims.contract.ts';

describePartClaims('dynalite', openLocalTable);
