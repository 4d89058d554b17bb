import type { Statement } from '../access/policy-document.ts';

const deny = (action: string, resources: string[], condition: Record<string, Record<string, string>>): Statement => ({
  Effect: 'Deny',
  // This means everybody, like '*', and is the form that emulators understand too.
  Principal: { AWS: '*' },
  Action: action,
  Resource: resources,
  Condition: condition,
});

/** Denies requests without TLS, whatever other permissions the caller has. */
export const denyPlainText = (action: string, ...resources: string[]): Statement =>
  deny(action, resources, { Bool: { 'aws:SecureTransport': 'false' } });

/** Denies TLS versions before 1.2; only S3 has a condition for this. */
export const denyOldTls = (...resources: string[]): Statement =>
  deny('s3:*', resources, { NumericLessThan: { 's3:TlsVersion': '1.2' } });
