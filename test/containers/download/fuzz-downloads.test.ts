import { describeFuzz } from '../../support/fuzz/describe-fuzz.ts';

describeFuzz({ downloads: 300 });
