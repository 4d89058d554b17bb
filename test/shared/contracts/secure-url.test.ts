import { expect } from 'chai';
import { secureUrlSchema, whyUrlIsRefused } from '../../../shared/contracts/secure-url.ts';

describe('URLs where something is fetched, or browsers are sent', () => {
  it('are none that others on the way could answer', () => {
    expect(whyUrlIsRefused('https://a.example.com/x')).to.equal(undefined);
    expect(whyUrlIsRefused('http://localhost:1/x')).to.equal(undefined);
    for (const url of ['http://127.0.0.1.example.com', 'http://10.0.0.1/', 'ftp://127.0.0.1/', 'file:///etc/passwd'])
      expect(whyUrlIsRefused(url), url).to.equal('url.insecure');
  });

  it('are none that URL does not take, though they have the form of one', () => {
    for (const url of ['https://256.256.256.256/', 'https://a:99999/'])
      expect(secureUrlSchema.validate(url).error?.details[0]?.type, url).to.equal('string.uri');
  });
});
