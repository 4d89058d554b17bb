import { openLocalTable } from '../../support/storage/emulators.ts';
import { describeEconomyMode } from './economy-mode.contract.ts';

describeEconomyMode('dynalite', openLocalTable);
