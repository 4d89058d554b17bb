import type { Statement } from '../access/policy-document.ts';

const deny = (action: string, resources: string[], condition: Record<string, Record<string, string>>): Statement => ({
  Effect: 'Deny',
  // Everybody, in the spelling that emulators know too.
  Principal: { AWS: '*' },
  Action: action,
  Resource: resources,
  Condition: condition,
});

/** Refuses whoever comes without TLS, whatever else they may do. */
export const denyPlainText = (action: string, ...resources: string[]): Statement =>
  deny(action, resources, { Bool: { 'aws:SecureTransport': 'false' } });

/** Refuses TLS before 1.2; S3 alone has a condition for it. */
export const denyOldTls = (...resources: string[]): Statement =>
  deny('s3:*', resources, { NumericLessThan: { 's3:TlsVersion': '1.2' } });
