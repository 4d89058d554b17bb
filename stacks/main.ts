import { App } from 'cdktf';
import { addStacks } from './all-stacks.ts';

// What cdktf runs: cdktf.json names it.
const app = new App();
addStacks(app);
app.synth();
