import { describeSvgBombs } from '../../../support/drawings/describe-svg-bombs.ts';

describeSvgBombs({});
