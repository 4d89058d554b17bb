import { bootstrap } from './bootstrap.ts';
import { certificates } from './certificates.ts';
import { cloudFront } from './cloudfront.ts';
import { costs } from './costs.ts';
import { credentials } from './credentials.ts';
import type { Check } from './finding.ts';
import { images } from './images.ts';
import { parameters } from './parameters.ts';
import { placeholders } from './placeholders.ts';
import { quotas } from './quotas.ts';
import { serviceLinkedRoles } from './service-linked-roles.ts';
import { storage } from './storage.ts';
import { synthesis } from './synthesis.ts';
import { tools } from './tools.ts';
import { zones } from './zones.ts';

/** Everything that must exist before the first apply, in the order in which it is set up. */
export const CHECKS: readonly Check[] = [
  tools,
  synthesis,
  placeholders,
  credentials,
  bootstrap,
  quotas,
  zones,
  serviceLinkedRoles,
  certificates,
  cloudFront,
  parameters,
  images,
  storage,
  costs,
];
