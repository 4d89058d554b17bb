import { expect } from 'chai';
import fc from 'fast-check';
import Joi from 'joi';
import { commandSchemas } from '../../../shared/contracts/api/command-schemas.ts';
import { renditionsBodySchema } from '../../../shared/contracts/api/rendition-request.ts';
import { routeList } from '../../../shared/contracts/api/routes.ts';
import { decodeMessage } from '../../../shared/contracts/queue-message.ts';
import { fieldErrors } from '../../../shared/http/error-responses.ts';
import { everyCommand } from '../../support/worker/command-samples.ts';

const IMAGE_ID = '0b0e7f5c-3d4d-4d0e-8f6b-2f6f5d1b7a11';
const SHA256 = 'n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=';
const RENDITIONS = [
  'thumb',
  { name: 'own', commands: everyCommand().slice(0, 10), output: { format: 'webp', quality: 70 } },
];
const PARTS = [
  { partNumber: 1, eTag: 'a', contentLength: 5 },
  { partNumber: 2, eTag: '"b"', contentLength: 5 },
];

/** Valid bodies, by operation. */
const BODIES: Record<string, object> = {
  requestRenditions: { renditions: RENDITIONS },
  createUpload: {
    contentType: 'image/png',
    contentLength: 10,
    checksumSha256: SHA256,
    renditions: RENDITIONS,
    visibility: 'private',
    metadata: { album: 'summer', '1': '' },
  },
  createUploadToken: {
    maxBytes: 10,
    types: ['image/png', 'image/jpeg'],
    renditions: RENDITIONS,
    visibility: 'private',
    metadata: { order: '17' },
    expiresInSeconds: 60,
  },
  createPartUrls: { parts: PARTS.map(({ eTag: _left, ...part }) => part), expiresIn: 60 },
  createLink: { target: 'rendition', name: 'card.avif', expiresInSeconds: 60 },
  moderateImage: { decision: 'rejected', reason: 'blurred' },
  changeImage: { visibility: 'private', watermarkFor: 'everyone' },
  completeUpload: { parts: PARTS.map(({ contentLength: _left, ...part }) => part) },
};

/** A schema as the service uses it: with a valid value, and the options for joi. */
interface Used {
  name: string;
  schema: Joi.Schema;
  valid: object;
  abortEarly: boolean;
}

const bodies: Used[] = routeList.flatMap(({ operationId, body }) =>
  body?.kind === 'json'
    ? [
        {
          name: `the body of ${operationId}`,
          schema: body.schema,
          valid: BODIES[operationId] ?? {},
          abortEarly: body.maxBytes !== undefined,
        },
      ]
    : [],
);

const queries: Used[] = routeList.flatMap(({ operationId, query }) =>
  query ? [{ name: `the query of ${operationId}`, schema: query, valid: {}, abortEarly: false }] : [],
);

const commands: Used[] = everyCommand().map((valid) => ({
  name: `the command ${JSON.stringify(valid)}`,
  schema: commandSchemas[valid.operation],
  valid,
  abortEarly: false,
}));

/** The schemas to try; similar ones are tried together. */
const TRIED: Record<string, Used[]> = {
  ...Object.fromEntries(bodies.map((used) => [used.name, [used]])),
  'the renditions of a form': [
    {
      name: 'the renditions of a form',
      schema: renditionsBodySchema,
      valid: { renditions: RENDITIONS },
      abortEarly: false,
    },
  ],
  'a query': queries,
  'a command': commands,
};

/** Nested lists. Recursive code runs out of stack at this depth. */
function nested(depth: number, make: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = make(value);
  return value;
}

const deep = fc.constantFrom(
  nested(20_000, (inner) => [inner]),
  nested(20_000, (inner) => ({ name: inner })),
);
const junk = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      null,
      [],
      {},
      '',
      0,
      -1,
      true,
      [null],
      { name: null },
      'constructor',
      '__proto__',
    ),
  },
  { weight: 3, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.array(fc.constantFrom<unknown>(null, {}, 'thumb', { name: 'a' }, 1), { maxLength: 500 }) },
);

type Path = (string | number)[];

/** Every place in a value, itself included. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...inner.flatMap(([key, each]) => placesOf(each, [...path, key]))];
}

/** A value with something else at a place, or beside it: one more item, one more key. */
function changed(value: unknown, [key, ...rest]: Path, given: unknown, isBeside: boolean): unknown {
  if (key === undefined) return isBeside && Array.isArray(value) ? [...value, given] : given;
  if (Array.isArray(value)) {
    return value.map((each, index) => (index === key ? changed(each, rest, given, isBeside) : each));
  }
  const own = value as Record<string, unknown>;
  return { ...own, [key]: changed(own[key], rest, given, isBeside) };
}

const mutations = (valid: object) => {
  // Most places of a body lie deep in it; half of the changes are made near its top.
  const depth = fc.constantFrom(3, Number.POSITIVE_INFINITY);
  const change = fc.record({ at: fc.nat(), depth, given: junk, isBeside: fc.boolean() });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) =>
    changes.reduce<unknown>((value, { at, depth, given, isBeside }) => {
      const places = placesOf(shallow(value)).filter(({ length }) => length < depth);
      return changed(value, places[at % places.length] ?? [], given, isBeside);
    }, valid),
  );
};

/** Leaves out parts that are so deep that looking for places in them would use up the stack for the schema. */
function shallow(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 8) return null;
  const entries = Object.entries(value).map(([key, each]) => [key, shallow(each, depth + 1)]);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

/** A value in a proxy that counts how often anything in it is read. */
function counted(value: unknown): { value: unknown; reads: () => number } {
  let reads = 0;
  const known = new WeakMap<object, object>();
  const count = (inner: unknown): unknown => {
    if (typeof inner !== 'object' || inner === null) return inner;
    const proxy =
      known.get(inner) ??
      new Proxy(inner, {
        get(target, key) {
          reads += 1;
          return count(Reflect.get(target, key));
        },
      });
    known.set(inner, proxy);
    return proxy;
  };
  return { value: count(value), reads: () => reads };
}

/** The number of values inside a value. */
function sizeOf(value: unknown): number {
  let size = 0;
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    size += 1;
    if (typeof next === 'object' && next !== null) left.push(...Object.values(next));
  }
  return size;
}

/** The most reads per value of a request. */
const READS = 200;

function expectOutcome({ schema, abortEarly }: Used, given: unknown): void {
  const { value, reads } = counted(given);
  const { error } = schema.validate(value, { abortEarly, errors: { wrap: { label: false } } });
  expect(reads(), 'reads').to.be.below(READS * (sizeOf(given) + 10));
  if (!error) return;
  const problem = fieldErrors(error);
  expect(problem.facts.errors).to.be.an('array').that.is.not.empty;
  for (const { path, message } of problem.facts.errors ?? []) {
    expect(path, message).to.be.a('string').that.is.not.empty;
    expect(message).to.be.a('string').that.is.not.empty;
  }
  // joi reports a custom rule that throws under a code of its own.
  expect(error.details.map(({ type }) => type)).to.not.include('any.custom');
}

describe('arbitrary JSON', () => {
  for (const [name, used] of Object.entries(TRIED)) {
    it(`is accepted, or refused with a path, as ${name}`, () => {
      // Schemas are chosen by their names, which a counterexample can show.
      const byName = new Map(used.map((each) => [each.name, each]));
      const givenAs = (as: string) => fc.oneof(junk, mutations(byName.get(as)?.valid ?? {}));
      const tried = fc
        .constantFrom(...byName.keys())
        .chain((as) => fc.record({ as: fc.constant(as), given: givenAs(as) }));
      const property = fc.property(tried, ({ as, given }) => expectOutcome(byName.get(as) as Used, given));
      fc.assert(property, { numRuns: 400 });
    });
  }

  it('is derived from a valid body of every route that takes one', () => {
    for (const { name, schema, valid } of Object.values(TRIED).flat())
      expect(schema.validate(valid).error, name).to.equal(undefined);
  });

  it('is a queue message or is refused as one', () => {
    const valid = {
      imageId: IMAGE_ID,
      requestId: 'r',
      renditions: [{ name: 'a' }, { name: 'b', commands: [{ operation: 'flip' }] }],
    };
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), mutations(valid)), (given) => {
        let body: string;
        try {
          body = JSON.stringify(given);
        } catch {
          return;
        }
        try {
          decodeMessage(body);
        } catch (error) {
          expect(Joi.isError(error), String(error)).to.equal(true);
        }
      }),
      { numRuns: 250 },
    );
  });
});
