import { json, type OpenSupplement } from './exchange.ts';

/** moto 5.2.1 keeps state machines, but validates no definition and keeps no versions of them. */
export const openStepFunctions: OpenSupplement = () => (request) => {
  switch (request.action) {
    case 'ValidateStateMachineDefinition':
      return json({ result: 'OK', diagnostics: [], truncated: false });
    case 'ListStateMachineVersions':
      return json({ stateMachineVersions: [] });
    default:
      return undefined;
  }
};
