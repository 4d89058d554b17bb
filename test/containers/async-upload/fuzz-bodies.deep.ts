import { describeFuzz } from '../../support/fuzz/describe-fuzz.ts';

describeFuzz({ parts: 5000, json: 5000 });
