import { describeFuzz } from '../../support/fuzz/describe-fuzz.ts';

describeFuzz({ parts: 300, json: 300 });
