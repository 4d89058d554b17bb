import type { Check } from '../project.ts';
import * as actions from './actions.ts';
import * as allowed from './allowed.ts';
import * as artifacts from './artifacts.ts';
import * as commands from './commands.ts';
import * as deployment from './deployment.ts';
import * as expressions from './expressions.ts';
import * as keys from './keys.ts';
import * as permissions from './permissions.ts';
import * as programs from './programs.ts';
import * as roles from './roles.ts';
import * as strangers from './strangers.ts';
import * as suites from './suites.ts';

/** Every check, by what it holds. */
export const CHECKS: Record<string, Check> = {
  'say what is allowed, and nothing else': allowed.isWhatIsAllowed,
  'have known keys and variables, and run on systems of GitHub': keys.hasKnownKeys,
  'start on exactly their events': keys.startsOnExactEvents,
  'leave no suite out': keys.leavesNoSuiteOut,
  'name secrets in known places': expressions.namesSecretsInKnownPlaces,
  'read contexts by the names of their values': expressions.readsContextsByName,
  'pass the token of a job by its names': expressions.passesTokensByName,
  'read no words of strangers': expressions.readsNoWordsOfStrangers,
  'run known programs, and really': programs.runsKnownPrograms,
  'apply in one place, and compare': programs.appliesInOnePlace,
  'keep known files': programs.keepsKnownFiles,
  'check out the commit of the event': programs.checksOutTheCommitOfTheEvent,
  'pass actionlint': actions.passesActionlint,
  'use actions by their commit, with the version behind it': actions.pinsActions,
  'use one version of each action': actions.usesOneVersion,
  'use known actions, and give them inputs that they have': actions.givesKnownInputs,
  'restore no cache beside credentials': actions.cachesNothingBesideCredentials,
  'grant each job the least': permissions.grantsTheLeast,
  'let those jobs get credentials that ask for them': permissions.asksForCredentialsWithAToken,
  'leave no token behind after checkout': permissions.keepsNoCheckoutCredentials,
  'give the secrets to the smoke test alone': permissions.givesSecretsToOneStep,
  'put no secret on a command line, and print none': permissions.printsNoSecret,
  'run no text of an expression': strangers.runsNoExpression,
  'quote every variable': strangers.quotesVariables,
  'give pull requests from forks no rights': strangers.givesForksNoCredentials,
  'comment by reviewed code': strangers.commentsByReviewedCode,
  'call scripts that exist': commands.callsScriptsThatExist,
  'call scripts with options that they have': commands.callsScriptsWithTheirOptions,
  'have commands that bash takes': commands.isReadByBash,
  'stop at the first failure': commands.stopsAtTheFirstFailure,
  'assume roles that the bootstrap makes and that trust the job': roles.assumesRolesThatTrustIt,
  'name the environments and services that there are': roles.namesEnvironmentsAndServices,
  'deploy in the order that docs/workflows.md gives': deployment.deploysInOrder,
  'roll back what fails, and say so': deployment.rollsBack,
  'change an environment by one job at a time': deployment.neverDeploysTwiceAtOnce,
  'end in time': deployment.endsInTime,
  'deploy what was built, once': artifacts.deploysWhatWasBuilt,
  'find the files of several artifacts in one place': artifacts.findsArtifactsByPattern,
  'deploy nothing before it is attested': artifacts.attestsFirst,
  'tear down only what somebody has named': deployment.tearsDownOnlyWhenMeant,
  'run every suite of .ci/run': suites.runsEverySuite,
  'try the commands of the README with every Node': suites.triesEveryNode,
  'install the tools that the suites are tested with': suites.installsTestedTools,
};
