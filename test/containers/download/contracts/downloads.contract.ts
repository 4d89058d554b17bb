import { type Downloads, downloadsOf } from '../../../support/services/downloads.ts';
import { type Services, type ServicesOptions, startServices } from '../../../support/services/services.ts';
import { describeDisposition } from './disposition.contract.ts';
import { describeFormats } from './formats.contract.ts';
import { APP, describeLifetimes } from './lifetimes.contract.ts';
import { describePreconditions } from './preconditions.contract.ts';
import { describeRanges } from './ranges.contract.ts';
import { describeStates } from './states.contract.ts';

/** A separate object store for the services of a suite, and a function that removes it. */
export interface OpenedStore extends Pick<ServicesOptions, 'openObjects'> {
  close(): Promise<void>;
}

/** The contract of the download service over HTTP for every object, whatever the store. */
export function describeDownloads(store: string, open: () => Promise<OpenedStore>): void {
  describe(`Downloads from ${store}`, () => {
    let services: Services;
    let downloads: Downloads;
    let opened: OpenedStore;
    before(async () => {
      opened = await open();
      services = await startServices({ ...opened, corsOrigins: APP });
      downloads = downloadsOf(services);
    });
    after(async () => {
      await services?.stop();
      await opened?.close();
    });

    const suites = [
      describePreconditions,
      describeRanges,
      describeLifetimes,
      describeDisposition,
      describeStates,
      describeFormats,
    ];
    for (const describeSuite of suites) describeSuite(() => downloads);
  });
}
