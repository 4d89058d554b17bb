import { describeCredentials } from '../support/access/describe-credentials.ts';

describeCredentials({ signedUrls: false, everyState: false });

// That the CDN has looked at requests may open bytes, and nothing else.
describeCredentials({ signedUrls: true, abouts: ['bytes'], everyState: false });
