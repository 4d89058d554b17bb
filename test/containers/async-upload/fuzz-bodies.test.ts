import { describeFuzz } from '../../support/fuzz/describe-fuzz.ts';

describeFuzz({ parts: 400, json: 400 });
