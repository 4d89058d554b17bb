import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { skipWithoutInjector } from './injector.ts';
import { observe } from './observe.ts';
import { FAULTS_PAGE, lineOf, linesIn, rowOf } from './page.ts';
import { SECTIONS, type SectionName } from './sections.ts';
import { openStage, type Stage } from './stage.ts';

/** Observes the faults of a section, and compares the results with the page. */
export function faultSuite(name: SectionName): void {
  describe(`npm start under injected faults: ${SECTIONS[name].title}`, function () {
    this.timeout(240_000);
    let stage: Stage | undefined;
    let told: string[];
    before(async function () {
      skipWithoutInjector(this, 'what they do is');
      told = linesIn(await readFile(FAULTS_PAGE, 'utf8'), name);
      stage = await openStage();
      await stage.start();
    });
    after(() => stage?.close());

    it('has a row in docs/faults.md for each fault', () => {
      expect(told.length, 'npm run faults writes the page anew').to.equal(SECTIONS[name].faults.length);
    });

    for (const [place, fault] of SECTIONS[name].faults.entries()) {
      it(`is as docs/faults.md says: ${fault.fault}, ${fault.where}`, async () => {
        const line = lineOf(rowOf(fault, await observe(stage as Stage, fault)));
        expect(line, 'npm run faults writes the page anew').to.equal(told[place]);
      });
    }
  });
}
