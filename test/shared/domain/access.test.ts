import { expect } from 'chai';
import {
  type AccessNeed,
  type AccessTarget,
  decideAccess,
  decideWatermark,
  MODERATIONS,
} from '../../../shared/domain/access.ts';
import { VISIBILITIES, WATERMARK_USES } from '../../../shared/domain/image-record.ts';
import { type Principal, SCOPES } from '../../../shared/domain/principal.ts';

const by = (owner: string, kind: Principal['kind'] = 'jwt'): Principal => ({
  kind,
  owner,
  subject: 'a',
  scopes: SCOPES,
});
const OWNER = by('alice');
const STRANGERS = {
  nobody: undefined,
  'another owner': by('bob'),
  "the owner's upload token": by('alice', 'upload-token'),
};

const NEEDS: readonly AccessNeed[] = ['record', 'bytes', 'change'];

/** Every image of Alice's, and every rendition of one. */
const TARGETS: AccessTarget[] = [undefined, ...VISIBILITIES].flatMap((visibility) =>
  [undefined, ...MODERATIONS].flatMap((moderation) =>
    [undefined, false, true].map((isPrivateRendition) => ({
      ...{ owner: 'alice', visibility, moderation, isPrivateRendition },
    })),
  ),
);
const isHeld = ({ moderation }: AccessTarget) => moderation === 'pending' || moderation === 'rejected';
const isPublic = ({ visibility, isPrivateRendition }: AccessTarget) =>
  (visibility === undefined || visibility === 'public') && isPrivateRendition !== true;

describe('decideAccess', () => {
  it('allows the owner everything, but holds bytes that are not approved', () => {
    for (const target of TARGETS) {
      for (const need of NEEDS) {
        const expected = need === 'bytes' && isHeld(target) ? 'hold' : 'allow';
        expect(decideAccess(OWNER, target, need), JSON.stringify({ target, need })).to.equal(expected);
      }
    }
  });

  for (const [who, principal] of Object.entries(STRANGERS)) {
    it(`allows ${who} only bytes that are public and not held, and says nothing of others`, () => {
      for (const target of TARGETS) {
        for (const need of NEEDS) {
          const expected = need === 'bytes' && isPublic(target) && !isHeld(target) ? 'allow' : 'hide';
          expect(decideAccess(principal, target, need), JSON.stringify({ target, need })).to.equal(expected);
        }
      }
    });

    it(`allows ${who} what a link or the CDN has signed for, but no change and no bytes that are held, of which it tells those that wait`, () => {
      for (const target of TARGETS) {
        for (const need of NEEDS) {
          const held = target.moderation === 'pending' ? 'hold' : 'hide';
          const ofBytes = isHeld(target) ? held : 'allow';
          const expected = { record: 'allow', bytes: ofBytes, change: 'hide' }[need];
          const decision = decideAccess(principal, target, need, { isSigned: true });
          expect(decision, JSON.stringify({ target, need })).to.equal(expected);
        }
      }
    });
  }
});

describe('decideWatermark', () => {
  const watermarks = TARGETS.filter(({ isPrivateRendition }) => isPrivateRendition === undefined);

  it('lets every owner use own images, which makes private what shows a private one that is for nobody else', () => {
    for (const target of watermarks.filter((each) => !isHeld(each))) {
      const [ifPrivate, open] = isPublic(target) ? ['allow', 'allow'] : ['private', 'allow'];
      expect(decideWatermark('alice', target)).to.equal(ifPrivate);
      expect(WATERMARK_USES.map((watermarkFor) => decideWatermark('alice', { ...target, watermarkFor }))).to.deep.equal(
        [...[ifPrivate, open, open]],
      );
    }
  });

  it("hides another's image, public or not, unless it is for everyone", () => {
    for (const target of watermarks.filter((each) => !isHeld(each))) {
      expect(decideWatermark('bob', target)).to.equal('hide');
      expect(WATERMARK_USES.map((watermarkFor) => decideWatermark('bob', { ...target, watermarkFor }))).to.deep.equal([
        ...['hide', 'hide', 'allow'],
      ]);
    }
  });

  it('holds an own image that is not approved, and hides that of another', () => {
    for (const target of watermarks.filter(isHeld)) {
      for (const watermarkFor of [undefined, ...WATERMARK_USES]) {
        expect(decideWatermark('alice', { ...target, watermarkFor })).to.equal('hold');
        expect(decideWatermark('bob', { ...target, watermarkFor })).to.equal('hide');
      }
    }
  });
});
