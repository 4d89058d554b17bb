import { describeOwners } from './owners.contract.ts';

describeOwners({ runs: 15, commands: 40 });
