import { describeOwners } from './owners.contract.ts';

describeOwners({ runs: 100, commands: 100 });
