import { describeFuzz } from '../../support/fuzz/describe-fuzz.ts';

describeFuzz({ forms: 1300 });
