import { type Change, type Mistake, set, setting } from './mistake.ts';

const KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQwyqBU+7fvVlDsynBI6IBoy2fg6n
CEF2snTYRijZpypg1PVC8FQU+Hd82zfcEbtvmfe/i/w4M/xbhASBqwjdUg==
-----END PUBLIC KEY-----
`;

const endsFirst = (path: string): Change => set(path, 'lifecycle.create_before_destroy', false);

/** What could not be taken away again. */
export const REMOVAL_MISTAKES: Mistake[] = [
  [
    'a capacity provider that ends before its cluster lets go',
    'IMG-END-001',
    endsFirst('download-fleet/capacity-provider'),
  ],
  ['a web ACL that ends before its distribution lets go', 'IMG-END-001', endsFirst('edge-web-acl')],
  ['a subnet that ends before its load balancer lets go', 'IMG-END-001', endsFirst('public-subnet-use1-az2')],
  ['a NAT gateway that ends before its route is changed', 'IMG-END-001', endsFirst('nat-use1-az2')],
  [
    'a key group that ends before its distribution lets go',
    'IMG-END-001',
    setting('cdn.signedUrlKeys', [KEY]),
    endsFirst('key-group'),
  ],
];
