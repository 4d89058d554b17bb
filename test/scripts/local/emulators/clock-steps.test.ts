import { expect } from 'chai';
import fc from 'fast-check';
import { watchClock } from '../../../../scripts/local/emulators/clock-steps.ts';

describe('watchClock', () => {
  const HOUR = 3_600_000;

  it('notices a clock that is set back, and not one that is set forward or goes on', () => {
    const now = { wall: 1_000_000_000_000, steady: 0 };
    const wentBack = watchClock(60_000, { wall: () => now.wall, steady: () => now.steady });
    const pass = (wall: number, steady: number) => {
      now.wall += wall;
      now.steady += steady;
      return wentBack();
    };
    expect(pass(HOUR, HOUR)).to.equal(false);
    expect(pass(0, 0), 'a machine that sleeps has both stand still').to.equal(false);
    expect(pass(24 * HOUR, 0), 'a day forth').to.equal(false);
    expect(pass(-30_000, 0), 'less than it minds').to.equal(false);
    expect(pass(-30_001, 0), 'and more').to.equal(true);
  });

  it('adds up small steps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -90_000, max: 90_000 }), { minLength: 1, maxLength: 30 }), (steps) => {
        let wall = 0;
        const wentBack = watchClock(60_000, { wall: () => wall, steady: () => 0 });
        for (const [place, step] of steps.entries()) {
          wall += step;
          const before = steps
            .slice(0, place + 1)
            .map((_, at) => steps.slice(0, at).reduce((sum, each) => sum + each, 0));
          expect(wentBack()).to.equal(Math.max(...before) - wall > 60_000);
        }
      }),
    );
  });
});
