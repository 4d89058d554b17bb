import { type Change, type Mistake, set, setting } from './mistake.ts';

const KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQwyqBU+7fvVlDsynBI6IBoy2fg6n
CEF2snTYRijZpypg1PVC8FQU+Hd82zfcEbtvmfe/i/w4M/xbhASBqwjdUg==
-----END PUBLIC KEY-----
`;

const destroyedFirst = (path: string): Change => set(path, 'lifecycle.create_before_destroy', false);

/** Resources that could not be removed again. */
export const REMOVAL_MISTAKES: Mistake[] = [
  [
    'a capacity provider that is destroyed before its cluster is updated',
    'IMG-END-001',
    destroyedFirst('download-fleet/capacity-provider'),
  ],
  ['a web ACL that is destroyed before its distribution is updated', 'IMG-END-001', destroyedFirst('edge-web-acl')],
  [
    'a subnet that is destroyed before its load balancer is updated',
    'IMG-END-001',
    destroyedFirst('public-subnet-use1-az2'),
  ],
  ['a NAT gateway that is destroyed before its route is updated', 'IMG-END-001', destroyedFirst('nat-use1-az2')],
  [
    'a key group that is destroyed before its distribution is updated',
    'IMG-END-001',
    setting('cdn.signedUrlKeys', [KEY]),
    destroyedFirst('key-group'),
  ],
];
