import { describeCredentials } from '../support/access/describe-credentials.ts';

describeCredentials({ signedUrls: false, abouts: ['bytes'], everyState: true });

// That the CDN has looked at requests may open bytes, and no more of an image.
describeCredentials({ signedUrls: true, abouts: ['bytes', 'image'], everyState: true });
