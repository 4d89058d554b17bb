import { describeOwners } from './owners.contract.ts';

describeOwners({ runs: 150, commands: 100 });
